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
 * {@code kepm run}: a command through sudo, with its reason. The start script does the usual forms
 * itself, without a Java; this is for the others, for the help and for the errors.
 */
public final class Run implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("REASON", "--reason", "-m").value("USER", "--user", "-u").command();
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> command = new ArrayList<>(List.of(sudo(call)));
        Optional<String> user = call.given().value("--user");
        if (user.isPresent()) {
            command.add("-u");
            command.add(user.get());
        }
        command.add("--");
        command.addAll(call.given().operands());
        call.console().flush();
        try {
            return call.world()
                    .launcher()
                    .launch(command, call.given().value("--reason").orElse(""));
        } catch (IOException e) {
            throw new Fault(
                    Exit.UNREACHABLE, call.say("run.failed", String.valueOf(e.getMessage())));
        }
    }

    private static String sudo(Call call) throws Fault {
        for (Path place : call.world().sudo()) {
            if (Files.isExecutable(place)) {
                return place.toString();
            }
        }
        throw new Fault(Exit.UNREACHABLE, call.say("run.no.sudo"));
    }
}
