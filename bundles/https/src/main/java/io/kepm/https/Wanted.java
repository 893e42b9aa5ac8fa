package io.kepm.https;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.Requests.Person;
import java.util.List;
import java.util.Optional;

/** A command for which somebody asks ahead. */
record Wanted(String path, List<String> argv, String runAs, String cwd) {
    Wanted {
        argv = List.copyOf(argv);
    }

    LaunchRequest by(Person who, int pid, Optional<String> reason) {
        LaunchRequest.Builder wanted =
                LaunchRequest.by(LaunchRequest.AHEAD, who.user(), who.uid(), path, argv)
                        .runAs(runAs)
                        .cwd(cwd)
                        .pid(pid)
                        .canPrompt(true);
        reason.ifPresent(wanted::reason);
        return wanted.build();
    }
}
