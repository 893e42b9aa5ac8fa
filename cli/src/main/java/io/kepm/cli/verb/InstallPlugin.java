package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** {@code kepm plugin install}: a signed {@code .jar} or {@code .kpk}, tried before it stays. */
public final class InstallPlugin implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.flag("--allow-downgrade").operand("FILE");
    }

    @Override
    public int run(Call call) throws Fault {
        String given = call.given().operands().get(0);
        Path file = file(call, given);
        String type =
                given.endsWith(".kpk") ? "application/vnd.kepm.kpk" : "application/java-archive";
        String query = call.given().flag("--allow-downgrade") ? "?allowDowngrade=true" : "";
        Json done = call.agent().upload("/api/plugins" + query, type, file);
        if (!call.printed(done)) {
            call.console()
                    .line(
                            call.say(
                                    "plugin.installed",
                                    done.at("id").text(),
                                    done.at("plugin").at("version").text(),
                                    done.at("plugin").at("status").text()));
        }
        return Exit.OK;
    }

    private static Path file(Call call, String given) throws Fault {
        try {
            Path file = Path.of(given);
            if (Files.isReadable(file) && Files.isRegularFile(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw call.usage("plugin.file", given);
        }
        throw call.usage("plugin.file", given);
    }
}
