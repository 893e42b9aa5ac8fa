package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonLayout;
import io.kepm.cli.sudoers.Cvtsudoers;
import io.kepm.cli.sudoers.Import;
import io.kepm.cli.sudoers.Warning;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code kepm policy import-sudoers}: the rules of sudo as policies that only watch. Without a
 * folder they go to standard output, and what there is to say to standard error.
 */
public final class ImportSudoers implements Verb {

    private static final int LARGEST = 64 << 20;

    @Override
    public void declare(Usage usage) {
        usage.value("DIR", "--out", "-o").flag("--json-input").operand("FILE");
    }

    @Override
    public int run(Call call) throws Fault {
        Import.Result result = read(call);
        Optional<String> out = call.given().value("--out");
        List<String> files = out.isPresent() ? write(call, out.get(), result) : List.of();
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("policies", Json.list(result.policies()));
        json.put("warnings", Json.list(result.warnings().stream().map(Warning::json).toList()));
        if (out.isPresent()) {
            json.put("files", Json.texts(files));
        }
        if (!call.printed(Json.object(json))) {
            if (out.isEmpty()) {
                call.console().line(JsonLayout.of(Json.list(result.policies())));
            }
            for (Warning warning : result.warnings()) {
                tell(call, out, "import." + warning.kind().word(), warning);
            }
            long lost = result.warnings().stream().filter(Warning::isLost).count();
            say(call, out, call.say("import.done", result.policies().size(), lost));
        }
        return result.isWhole() ? Exit.OK : Exit.FAILED;
    }

    private static void tell(Call call, Optional<String> out, String key, Warning warning) {
        say(call, out, call.say(key, warning.rule(), warning.message()));
    }

    private static void say(Call call, Optional<String> out, String line) {
        if (out.isPresent()) {
            call.console().line(line);
        } else {
            call.console().error(line);
        }
    }

    private static Import.Result read(Call call) throws Fault {
        String name = call.given().operands().get(0);
        try {
            Path file = Path.of(name);
            if (call.given().flag("--json-input")) {
                return Import.of(text(file), Set.of(), call.world().desk()::refusals);
            }
            // Says first whether the file is there and ours to read.
            Files.newInputStream(file).close();
            Cvtsudoers.Output output = new Cvtsudoers(call.world().cvtsudoers()).read(file);
            Import.Result result =
                    Import.of(output.json(), output.spaced(), call.world().desk()::refusals);
            List<Warning> warnings = new ArrayList<>(result.warnings());
            for (String complaint : output.complaints()) {
                warnings.add(new Warning(Warning.Kind.NOTE, name, complaint));
            }
            return new Import.Result(result.policies(), warnings);
        } catch (IOException | InvalidPathException e) {
            throw call.usage("import.file", name, ExportFile.cause(e));
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException("it is larger than 64 MiB");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8", e);
        }
    }

    /** One file for each policy; nothing is written when one of them is there already. */
    private static List<String> write(Call call, String folder, Import.Result result) throws Fault {
        List<String> files = new ArrayList<>();
        String file = folder;
        try {
            Files.createDirectories(Path.of(folder));
            for (Json policy : result.policies()) {
                file = Path.of(folder, policy.at("PolicyId").text() + ".json").toString();
                if (Files.exists(Path.of(file))) {
                    throw new IOException("it exists already");
                }
                files.add(file);
            }
            for (int i = 0; i < files.size(); i++) {
                file = files.get(i);
                try (OutputStream out = ExportFile.create(Path.of(file))) {
                    String text = JsonLayout.of(result.policies().get(i)) + "\n";
                    out.write(text.getBytes(StandardCharsets.UTF_8));
                }
            }
            return files;
        } catch (IOException | InvalidPathException e) {
            throw call.usage("export.file", file, ExportFile.cause(e));
        }
    }
}
