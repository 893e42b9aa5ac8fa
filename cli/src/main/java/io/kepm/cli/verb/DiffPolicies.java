package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonLines;
import io.kepm.cli.replay.Groups;
import io.kepm.cli.replay.Replay;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import io.kepm.policy.OfflinePolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code kepm policy diff}: which recorded requests another set of policies answers otherwise. */
public final class DiffPolicies implements Verb {

    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    @Override
    public void declare(Usage usage) {
        OpenPolicies.declare(usage);
        usage.required("RECORDS", "--replay", "-r")
                .value("GROUPS", "--groups", "-g")
                .value("HOST", "--machine", "-m")
                .operands("SET", 1);
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> sets = call.given().operands();
        if (sets.size() != 2) {
            throw call.usage("diff.sets");
        }
        OfflinePolicies before = OpenPolicies.read(call, sets.get(0));
        OfflinePolicies after = OpenPolicies.read(call, sets.get(1));
        Replay replay = new Replay(before, after, groups(call), machine(call), call.times().zone());
        String records = call.given().value("--replay").orElse("");
        try {
            JsonLines.read(Path.of(records), replay::accept);
        } catch (IOException | InvalidPathException e) {
            throw call.usage("diff.file", records, ExportFile.cause(e));
        }
        Map<String, Json> said = new LinkedHashMap<>(replay.result().members());
        said.put("settings", OpenPolicies.settings(after));
        Json result = Json.object(said);
        if (result.at("evaluations").number(0) == 0) {
            throw call.usage("diff.none", records);
        }
        if (!call.printed(result)) {
            print(call, result);
            OpenPolicies.print(call, after);
        }
        if (result.at("replayed").number(0) == 0) {
            return Exit.USAGE;
        }
        return result.at("different").isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private static Groups groups(Call call) throws Fault {
        Optional<String> file = call.given().value("--groups");
        try {
            return file.isPresent() ? Groups.ofFile(Path.of(file.get())) : Groups.ofThisMachine();
        } catch (IOException | InvalidPathException e) {
            throw call.usage("diff.file", file.orElse(""), ExportFile.cause(e));
        }
    }

    private static String machine(Call call) {
        Optional<String> named = call.given().value("--machine");
        try {
            return named.isPresent() ? named.get() : Files.readString(HOSTNAME).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }

    private static void print(Call call, Json result) {
        List<Json> different = result.at("different").items();
        Table table =
                new Table(
                                call.screen(),
                                List.of(
                                        call.say("column.seq"),
                                        call.say("column.time"),
                                        call.say("column.user"),
                                        call.say("column.command"),
                                        call.say("column.as"),
                                        call.say("column.old"),
                                        call.say("column.new")))
                        .number(0);
        for (Json one : different) {
            table.row(
                    Cell.of(one.at("seq").text()),
                    Cell.of(call.times().local(one.at("time").text())),
                    Cell.of(one.at("user").text()),
                    Cell.of(Grants.command(one.at("path").text(), one.at("argv").texts())),
                    Cell.of(one.at("runAs").text()),
                    answer(one.at("old")),
                    answer(one.at("new")));
        }
        if (!table.isEmpty()) {
            table.print(call.console());
            call.console().blank();
        }
        call.console()
                .line(
                        call.say(
                                "diff.count",
                                result.at("replayed").text(),
                                result.at("evaluations").text(),
                                different.size()));
        for (Map.Entry<String, Json> missing : result.at("notRebuilt").members().entrySet()) {
            String fact = call.say("diff.missing." + missing.getKey());
            call.console().line(call.say("diff.missing", missing.getValue().text(), fact));
        }
        if (result.at("otherwiseThanRecorded").number(0) > 0) {
            call.console()
                    .line(call.say("diff.otherwise", result.at("otherwiseThanRecorded").text()));
        }
        call.console()
                .line(
                        call.say(
                                call.given().flag("--groups")
                                        ? "diff.groups.file"
                                        : "diff.groups.here"));
        call.console()
                .line(
                        call.say(
                                "diff.assumed",
                                result.at("machine").text(),
                                result.at("zone").text(),
                                String.join(", ", result.at("assumed").texts())));
    }

    private static Cell answer(Json decision) {
        String outcome = decision.at("outcome").text();
        List<String> controls = decision.at("controls").texts();
        return new Cell(
                controls.isEmpty() ? outcome : outcome + " " + String.join(", ", controls),
                States.outcome(outcome));
    }
}
