package io.kepm.audit.log;

import io.kepm.api.jobs.Chore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Looks after old files of the log when a job asks for it. */
record RetentionChore(Housekeeping housekeeping) implements Chore {

    @Override
    public String name() {
        return "log-retention";
    }

    @Override
    public String run(Map<String, String> arguments)
            throws IOException, InterruptedException, ExecutionException {
        List<String> faults = housekeeping.now();
        if (!faults.isEmpty()) {
            throw new IOException(String.join("; ", faults));
        }
        return "files of the log are as their age asks for";
    }
}
