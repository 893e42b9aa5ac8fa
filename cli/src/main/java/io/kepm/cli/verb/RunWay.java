package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The check of {@code kepm doctor} that says which way {@code kepm run} takes here, and why. */
final class RunWay {

    private RunWay() {}

    static Json check(Call call) {
        Path client = call.world().client();
        boolean manager = Files.isDirectory(call.world().manager());
        List<String> said = said(client);
        if (said.size() != 2) {
            return check(call, "unhealthy", call.say("run.no.client", client), "run.way.install");
        }
        boolean own = manager && Files.exists(call.world().door());
        boolean closed = manager && !own;
        String why = said.get(1);
        if (said.get(0).equals("sudo")) {
            String text = own ? "run.way.both" : closed ? "run.way.closed" : "run.way.sudo";
            return check(call, "healthy", call.say(text, why), "");
        }
        if (own) {
            return check(call, "healthy", call.say("run.way.own", why), "");
        }
        return closed
                ? check(call, "unhealthy", call.say("run.way.shut", why), "run.way.shut.advice")
                : check(call, "unhealthy", call.say("run.way.none", why), "run.way.none.advice");
    }

    private static Json check(Call call, String state, String detail, String advice) {
        Map<String, Json> check = new LinkedHashMap<>();
        check.put("name", Json.of("kepm run"));
        check.put("state", Json.of(state));
        check.put("detail", Json.of(detail));
        check.put("advice", Json.of(advice.isEmpty() ? "" : call.say(advice)));
        return Json.object(check);
    }

    /** The way in one word, and why in a line; none when the client is not there. */
    private static List<String> said(Path client) {
        try {
            Process process =
                    new ProcessBuilder(client.toString(), "--which")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            byte[] bytes = process.getInputStream().readNBytes(4096);
            return process.waitFor() == 0
                    ? new String(bytes, StandardCharsets.UTF_8).lines().toList()
                    : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
