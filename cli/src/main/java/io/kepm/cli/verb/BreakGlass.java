package io.kepm.cli.verb;

import io.kepm.api.audit.AuditType;
import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.World;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code kepm break-glass}: root at the console sets the agent aside, and says why. The record goes
 * into room that the agent has taken beforehand, so that it is kept without an agent and on a full
 * disk; the rule by which governed users reach sudo goes, and stays away; every channel is told.
 * {@code --over} ends it.
 */
public final class BreakGlass implements Verb {

    /** The rule of governed users, and what keeps the agent from putting it back. */
    private static final String DROP_IN = "kepm";

    private static final String SET_ASIDE = "kepm.set-aside";

    private static final int SHORTEST = 10;
    private static final int LONGEST = 1_000;

    /** Terminals of the machine itself: virtual, serial, and those of hypervisors. */
    private static final Pattern CONSOLE =
            Pattern.compile("/dev/(console|tty[0-9]+|tty(S|AMA|USB)[0-9]+|hvc[0-9]+|xvc[0-9]+)");

    @Override
    public void declare(Usage usage) {
        usage.value("REASON", "--reason", "-m").flag("--over");
    }

    @Override
    public int run(Call call) throws Fault {
        String reason = call.given().value("--reason").orElse("").strip();
        if (reason.length() < SHORTEST || reason.length() > LONGEST) {
            throw call.usage("glass.reason", SHORTEST, LONGEST);
        }
        World.Rescue rescue = call.world().rescue();
        String terminal = terminal(call, rescue.input());
        boolean over = call.given().flag("--over");
        Optional<IOException> failure = Optional.empty();
        try {
            new GlassRecord(rescue.spool()).write(line(reason, terminal, over));
        } catch (IOException e) {
            failure = Optional.of(e);
        }
        Optional<IOException> stays = moved(rescue.sudoers(), over);
        // Where there is no record, the alarm is all the trace there is.
        String said = call.say(alarm(over, failure.isPresent()), terminal, reason);
        for (List<String> alarm : rescue.alarms()) {
            if (!told(alarm, said)) {
                call.console().error(call.say("glass.silent", alarm.get(0)));
            }
        }
        if (stays.isPresent()) {
            call.console()
                    .error(
                            call.say(
                                    "glass.stays",
                                    rescue.sudoers(),
                                    ExportFile.cause(stays.get())));
        }
        if (failure.isPresent()) {
            throw call.failed("glass.unrecorded", rescue.spool(), ExportFile.cause(failure.get()));
        }
        if (!call.printed(Json.object(Map.of("recorded", Json.of(true))))) {
            call.console().line(call.screen().paint(Tone.WARNING, call.say("glass.done")));
            call.console().line(call.say(over ? "glass.back" : "glass.next"));
        }
        return stays.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private static String alarm(boolean over, boolean unrecorded) {
        String about = over ? "glass.over" : "glass.alarm";
        return unrecorded ? about + ".only" : about;
    }

    /** First the mark: without it the agent would put the rule back within a second. */
    private static Optional<IOException> moved(Path sudoers, boolean over) {
        Optional<IOException> fault = Optional.empty();
        try {
            if (over) {
                Files.deleteIfExists(sudoers.resolve(SET_ASIDE));
            } else if (!Files.exists(sudoers.resolve(SET_ASIDE))) {
                Files.createFile(
                        sudoers.resolve(SET_ASIDE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("r--r-----")));
            }
        } catch (IOException e) {
            fault = Optional.of(e);
        }
        try {
            if (!over) {
                Files.deleteIfExists(sudoers.resolve(DROP_IN));
            }
        } catch (IOException e) {
            fault = Optional.of(e);
        }
        return fault;
    }

    /** Where root sits; over a network nobody is at the console. */
    private static String terminal(Call call, Path input) throws Fault {
        try {
            String terminal = Files.readSymbolicLink(input).toString();
            if (!CONSOLE.matcher(terminal).matches()) {
                throw call.usage("glass.console");
            }
            return terminal;
        } catch (IOException e) {
            throw call.usage("glass.console");
        }
    }

    private static byte[] line(String reason, String terminal, boolean over) {
        Map<String, Json> user = new LinkedHashMap<>();
        user.put("name", Json.of("root"));
        user.put("uid", Json.of(0L));
        Map<String, Json> record = new LinkedHashMap<>();
        record.put("event_time", Json.of(Instant.now().toString()));
        record.put("audit_event_type", Json.of(AuditType.ADMIN_ACTION.name()));
        record.put("outcome", Json.of(over ? "BREAK_GLASS_OVER" : "BREAK_GLASS"));
        record.put("reason", Json.of(reason));
        record.put("user_info", Json.object(user));
        record.put("details", Json.object(Map.of("terminal", Json.of(terminal))));
        return (Json.object(record) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The text goes in as input: it is no option, whatever it begins with. */
    private static boolean told(List<String> alarm, String text) {
        try {
            Process process =
                    new ProcessBuilder(alarm)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (var in = process.getOutputStream()) {
                in.write((text + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
