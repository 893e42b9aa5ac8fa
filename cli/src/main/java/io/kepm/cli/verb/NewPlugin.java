package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** {@code kepm plugin new}: a folder to begin a plugin with. */
public final class NewPlugin implements Verb {

    private static final List<String> SERVICE =
            List.of("build.sh", "MANIFEST.MF", "src/Plugin.java", "KEPM-INF/ID.json");
    private static final List<String> EXECUTABLE = List.of("build.sh", "ID.json", "plugin.py");

    @Override
    public void declare(Usage usage) {
        usage.flag("--executable").operand("ID");
    }

    @Override
    public int run(Call call) throws Fault {
        String id = call.given().operands().get(0);
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,127}")) {
            throw call.usage("plugin.id", id);
        }
        boolean executable = call.given().flag("--executable");
        try {
            Path folder = Path.of(id);
            if (Files.exists(folder)) {
                throw call.failed("plugin.exists", id);
            }
            for (String name : executable ? EXECUTABLE : SERVICE) {
                Path file = folder.resolve(name.replace("ID", id));
                Files.createDirectories(file.resolveSibling(""));
                Files.writeString(file, skeleton(executable ? "executable" : "service", name, id));
                call.console().line(call.say("plugin.new.file", file.toString()));
                if (name.endsWith(".sh") || name.endsWith(".py")) {
                    boolean unused = file.toFile().setExecutable(true);
                }
            }
            call.console().line(call.say("plugin.new.done", id));
            return Exit.OK;
        } catch (IOException | InvalidPathException e) {
            throw call.failed("plugin.new.fault", id, String.valueOf(e.getMessage()));
        }
    }

    private static String skeleton(String kind, String name, String id) throws IOException {
        String resource = "/io/kepm/cli/skeleton/" + kind + "/" + name.replace('/', '_');
        try (InputStream in = NewPlugin.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no skeleton `" + resource + "`");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("@ID@", id);
        }
    }
}
