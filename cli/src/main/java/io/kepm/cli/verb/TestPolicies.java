package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code kepm policy test}: files of cases, without an agent; the failed ones are explained. */
public final class TestPolicies implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operands("FILE", 1);
    }

    @Override
    public int run(Call call) throws Fault {
        List<Json> files = new ArrayList<>();
        long cases = 0;
        long failed = 0;
        long unusable = 0;
        for (String file : call.given().operands()) {
            Json result = test(call, file);
            files.add(result);
            cases += result.at("cases").number(0);
            failed += result.at("failed").items().size();
            unusable += isUsable(result) ? 0 : 1;
        }
        boolean good = failed == 0 && unusable == 0;
        Map<String, Json> all = new LinkedHashMap<>();
        all.put("ok", Json.of(good));
        all.put("files", Json.list(files));
        if (!call.printed(Json.object(all))) {
            for (Json file : files) {
                print(call, file);
            }
            String line =
                    good
                            ? call.messages().count("test.good", cases)
                            : call.say("test.bad", cases, failed, unusable);
            call.console().line(call.screen().paint(good ? Tone.GOOD : Tone.BAD, line));
        }
        return unusable > 0 ? Exit.USAGE : failed > 0 ? Exit.FAILED : Exit.OK;
    }

    /** No case at all proves nothing. */
    private static boolean isUsable(Json result) {
        return result.at("error").isEmpty()
                && result.at("errors").isEmpty()
                && result.at("cases").number(0) > 0;
    }

    /** The result of one file; one that can't be read has {@code error}. */
    private static Json test(Call call, String file) {
        Map<String, Json> result = new LinkedHashMap<>();
        result.put("file", Json.of(file));
        try {
            result.putAll(call.world().desk().test(Path.of(file)).members());
        } catch (IOException | InvalidPathException e) {
            result.put("error", Json.of(ExportFile.cause(e)));
        }
        return Json.object(result);
    }

    private static void print(Call call, Json file) {
        if (!isUsable(file)) {
            String error = file.at("error").text(call.say("test.useless"));
            call.console()
                    .line(
                            call.screen().paint(Tone.BAD, call.say("test.unusable"))
                                    + " "
                                    + call.screen().escape(file.at("file").text() + ": " + error));
            Findings.print(call, file.at("errors"), "check.error", Tone.BAD);
        }
        for (Json failed : file.at("failed").items()) {
            call.console()
                    .line(
                            call.screen().paint(Tone.BAD, call.say("test.failed"))
                                    + " "
                                    + call.screen()
                                            .escape(
                                                    file.at("file").text()
                                                            + ": "
                                                            + failed.at("name").text()));
            for (String line : failed.at("explanation").text().split("\n", -1)) {
                call.console().line("      " + call.screen().escape(line));
            }
        }
    }
}
