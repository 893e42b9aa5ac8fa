package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code kepm run}: a command with other rights, by the client that picks the way. The start script
 * does the usual forms itself, without a Java; this is for the others, for the help and for the
 * errors.
 */
public final class Run implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("REASON", "--reason", "-m").value("USER", "--user", "-u").command();
    }

    @Override
    public int run(Call call) throws Fault {
        return launch(
                call,
                call.given().value("--reason"),
                call.given().value("--user"),
                call.given().operands());
    }

    /** Its exit code. */
    static int launch(Call call, Optional<String> reason, Optional<String> user, List<String> argv)
            throws Fault {
        Path client = call.world().client();
        if (!Files.isExecutable(client)) {
            throw new Fault(Exit.UNREACHABLE, call.say("run.no.client", client));
        }
        List<String> command = new ArrayList<>(List.of(client.toString()));
        add(command, "-m", reason);
        add(command, "-u", user);
        command.add("--");
        command.addAll(argv);
        call.console().flush();
        try {
            return call.world().launcher().launch(command);
        } catch (IOException e) {
            throw new Fault(
                    Exit.UNREACHABLE, call.say("run.failed", String.valueOf(e.getMessage())));
        }
    }

    private static void add(List<String> command, String option, Optional<String> value) {
        if (value.isPresent()) {
            command.add(option);
            command.add(value.get());
        }
    }
}
