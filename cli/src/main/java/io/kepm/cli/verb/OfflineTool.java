package io.kepm.cli.verb;

import io.kepm.api.elevation.Crockford;
import io.kepm.api.elevation.OfflineChallenge;
import io.kepm.api.elevation.OfflineKey;
import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Words;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code kepm offline-code key|machine-key|answer}: what is done with the key of a site, on a
 * machine that need not have an agent.
 */
public final class OfflineTool implements Verb {

    private static final int LONGEST_FILE = 4096;

    private final String act;

    public OfflineTool(String act) {
        this.act = act;
    }

    @Override
    public void declare(Usage usage) {
        switch (act) {
            case "key" -> usage.operand("FILE");
            case "machine-key" -> usage.required("FILE", "--key", "-k").operand("MACHINE");
            default ->
                    usage.required("FILE", "--key", "-k")
                            .required("USER", "--user", "-u")
                            .value("USER", "--run-as", "-r")
                            .required("CHALLENGE", "--challenge", "-c")
                            .command();
        }
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> operands = call.given().operands();
        return switch (act) {
            case "key" -> make(call, operands.get(0));
            case "machine-key" -> machineKey(call, operands.get(0));
            default -> answer(call, operands);
        };
    }

    private static int make(Call call, String name) throws Fault {
        OfflineKey key = OfflineKey.fresh(new SecureRandom());
        try (OutputStream out = ExportFile.create(Path.of(name))) {
            out.write((key.line() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException | InvalidPathException e) {
            throw call.failed("offline.key.fault", name, ExportFile.cause(e));
        }
        if (!call.printed(Json.object(Map.of("fingerprint", Json.of(key.fingerprint()))))) {
            call.console().line(call.say("offline.key.made", name, key.fingerprint()));
        }
        return Exit.OK;
    }

    private static int machineKey(Call call, String typed) throws Fault {
        Optional<String> machine = OfflineKey.machineTyped(typed);
        if (machine.isEmpty()) {
            throw call.usage("offline.machine", typed);
        }
        OfflineKey key = siteKey(call).ofMachine(machine.get());
        if (!call.printed(
                Json.object(
                        Map.of(
                                "key", Json.of(key.line()),
                                "fingerprint", Json.of(key.fingerprint()))))) {
            call.console().line(key.line());
        }
        return Exit.OK;
    }

    /** INVARIANT: the code is bound to the command that the approver was told, and to no other. */
    private static int answer(Call call, List<String> words) throws Fault {
        String typed = call.given().value("--challenge").orElse("");
        Optional<OfflineChallenge> challenge = OfflineChallenge.parse(typed);
        if (challenge.isEmpty()) {
            throw call.usage("offline.challenge", typed);
        }
        OfflineChallenge.Command heard =
                new OfflineChallenge.Command(
                        call.given().value("--user").orElse(""),
                        call.given().value("--run-as").orElse("root"),
                        words);
        if (!challenge.get().isFor(heard)) {
            throw call.failed("offline.other", heard.user(), heard.runAs(), Words.joined(words));
        }
        OfflineKey key = siteKey(call).ofMachine(challenge.get().machine());
        String code = Crockford.grouped(key.answer(challenge.get(), heard));
        if (!call.printed(Json.object(Map.of("code", Json.of(code))))) {
            call.console().line(code);
        }
        return Exit.OK;
    }

    /** INVARIANT: a key that others can read is not used: it is nobody's secret any more. */
    private static OfflineKey siteKey(Call call) throws Fault {
        String name = call.given().value("--key").orElse("");
        try {
            Path file = Path.of(name);
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            rights.removeAll(
                    Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
            if (!rights.isEmpty()) {
                throw call.failed("offline.key.open", name);
            }
            String line = Files.size(file) > LONGEST_FILE ? "" : Files.readString(file);
            return OfflineKey.parse(line)
                    .filter(OfflineKey::isOfSite)
                    .orElseThrow(() -> call.usage("offline.key.none", name));
        } catch (IOException | InvalidPathException e) {
            throw call.failed("offline.key.unread", name, ExportFile.cause(e));
        }
    }
}
