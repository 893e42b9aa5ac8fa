package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code kepm doctor}: every check with what to do; an agent that is away is the first of them.
 * {@code --fix} puts the agent's own files right before, with or without an agent.
 */
public final class Doctor implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.flag("--fix");
    }

    @Override
    public int run(Call call) throws Fault {
        if (call.given().flag("--fix")) {
            fix(call);
        }
        Json report = withWay(call, report(call));
        List<Json> checks = report.at("checks").items();
        long failed = count(checks, "fail");
        long warned = count(checks, "warn");
        // A verdict without a check to show for it is not believed when it is good.
        boolean bad =
                failed > 0
                        || checks.isEmpty()
                        || States.word(report.at("status").text()).equals("fail");
        if (!call.printed(report)) {
            for (Json check : checks) {
                Checks.print(call, check);
            }
            call.console().blank();
            call.console().line(verdict(call, checks.size(), failed, warned));
        }
        return bad ? Exit.FAILED : Exit.OK;
    }

    private static void fix(Call call) throws Fault {
        OwnFiles files = new OwnFiles(Path.of(System.getProperty("kepm.root", "/")));
        try {
            files.fix();
        } catch (FileSystemException e) {
            throw call.failed("doctor.fix.root");
        } catch (IOException e) {
            throw call.failed("doctor.fix.left", String.valueOf(e.getMessage()), "");
        }
        if (call.given().json()) {
            return;
        }
        for (OwnFiles.Change change : files.changes()) {
            call.console().line(call.say("doctor.fix.done", change.path(), change.what()));
        }
        for (OwnFiles.Change change : files.left()) {
            call.console().line(call.say("doctor.fix.left", change.path(), change.what()));
        }
        boolean none = files.changes().isEmpty() && files.left().isEmpty();
        call.console().line(call.say(none ? "doctor.fix.none" : "doctor.fix.look"));
        call.console().blank();
    }

    private static Json report(Call call) throws Fault {
        try {
            return call.agent().get(new Route("/api/health"));
        } catch (Fault fault) {
            if (fault.exit() != Exit.UNREACHABLE) {
                throw fault;
            }
            Map<String, Json> check = new LinkedHashMap<>();
            check.put("name", Json.of("agent"));
            check.put("state", Json.of("unhealthy"));
            check.put("detail", Json.of(fault.line()));
            check.put("advice", Json.of(call.say("doctor.start")));
            return Json.object(
                    Map.of(
                            "status",
                            Json.of("unhealthy"),
                            "checks",
                            Json.list(List.of(Json.object(check)))));
        }
    }

    /** What only this machine's own files tell comes last. */
    private static Json withWay(Call call, Json report) {
        List<Json> checks = new ArrayList<>(report.at("checks").items());
        if (checks.isEmpty()) {
            return report;
        }
        checks.add(RunWay.check(call));
        Map<String, Json> members = new LinkedHashMap<>(report.members());
        members.put("checks", Json.list(checks));
        return Json.object(members);
    }

    private static long count(List<Json> checks, String word) {
        long count = 0;
        for (Json check : checks) {
            count += States.word(check.at("state").text()).equals(word) ? 1 : 0;
        }
        return count;
    }

    private static String verdict(Call call, int all, long failed, long warned) {
        if (failed == 0 && warned == 0) {
            return call.messages().count("doctor.good", all);
        }
        return call.say("doctor.bad", all, failed, warned);
    }
}
