package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** {@code kepm version}: which command line this is; asks nobody. */
public final class Version implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) {
        if (!call.printed(Json.object(Map.of("version", Json.of(version()))))) {
            call.console().line(call.say("version.line", version()));
        }
        return Exit.OK;
    }

    static String version() {
        try (InputStream in = Version.class.getResourceAsStream("/io/kepm/cli/version.txt")) {
            return in == null
                    ? "unknown"
                    : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
