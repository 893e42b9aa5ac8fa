package io.kepm.linux;

import io.kepm.api.linux.Commands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Runs helper programs of the system. Safe for use by many threads; each call waits. */
@Component
public final class CommandsComponent implements Commands {

    @Activate
    public CommandsComponent() {}

    @Override
    public Result run(List<String> argv, Duration timeout) throws IOException {
        return new HelperProcess(argv).run(timeout);
    }
}
