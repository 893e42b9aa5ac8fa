package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code kepm policy check}: what the loader would say to these files, without an agent. */
public final class CheckPolicies implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("IDS", "--allow-lockout").operands("PATH", 0);
    }

    @Override
    public int run(Call call) throws Fault {
        Json result = check(call);
        boolean good = result.at("ok").isTrue();
        if (!call.printed(result)) {
            Findings.print(call, result.at("errors"), "check.error", Tone.BAD);
            Findings.print(call, result.at("warnings"), "check.warning", Tone.WARNING);
            long errors = result.at("errors").items().size();
            long warnings = result.at("warnings").items().size();
            String line =
                    good
                            ? call.messages().count("check.good", warnings)
                            : call.messages().count("check.bad", errors);
            call.console().line(call.screen().paint(good ? Tone.GOOD : Tone.BAD, line));
        }
        return good ? Exit.OK : Exit.FAILED;
    }

    /** As `Settings/PolicyEngine/AllowLockout` names them for the agent. */
    private static Set<String> lockouts(Call call) {
        return Set.copyOf(List.of(call.given().value("--allow-lockout").orElse("").split(",", -1)));
    }

    private static Json check(Call call) throws Fault {
        List<Path> paths = new ArrayList<>();
        try {
            for (String operand : call.given().operands()) {
                paths.add(Path.of(operand));
            }
            if (paths.isEmpty()) {
                paths.add(call.world().policies());
            }
            return call.world().desk().check(paths, lockouts(call));
        } catch (IOException | InvalidPathException e) {
            throw call.usage("check.unreadable", named(e) + ExportFile.cause(e));
        }
    }

    /** Which of the paths it is about, as far as the exception knows. */
    private static String named(Exception e) {
        return e instanceof FileSystemException file && file.getFile() != null
                ? file.getFile() + ": "
                : "";
    }
}
