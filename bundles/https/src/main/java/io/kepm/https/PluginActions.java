package io.kepm.https;

import io.kepm.api.json.Fields;
import io.kepm.api.plugins.PluginStatus;
import io.kepm.api.plugins.Plugins;
import io.kepm.api.plugins.Plugins.Outcome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Plugins: which there are, and changing that. */
final class PluginActions {

    private static final Answer AWAY =
            Answer.problem(503, "the plugins are not up: see the agent's health");

    private final Supplier<Optional<Plugins>> plugins;
    private final Clock clock;

    PluginActions(Supplier<Optional<Plugins>> plugins, Clock clock) {
        this.plugins = plugins;
        this.clock = clock;
    }

    Answer list(Call call) {
        return plugins.get()
                .map(found -> Page.of(call, found.list().stream().map(this::json).toList()))
                .orElse(AWAY);
    }

    /** Those whose health counts, in short. */
    Answer monitoring(Call call) {
        return plugins.get()
                .map(
                        found -> {
                            List<PluginStatus> all =
                                    found.list().stream().filter(PluginStatus::monitored).toList();
                            Map<String, Object> body = new LinkedHashMap<>();
                            body.put("plugins", all.stream().map(this::json).toList());
                            body.put("total", (long) all.size());
                            body.put("healthy", count(all, "Healthy"));
                            body.put("unhealthy", count(all, "Unhealthy"));
                            body.put("failed", count(all, "Failed"));
                            return Answer.ok(body);
                        })
                .orElse(AWAY);
    }

    private static long count(List<PluginStatus> all, String state) {
        return all.stream().filter(each -> each.state().word().equals(state)).count();
    }

    Answer one(Call call) {
        return plugins.get().map(found -> one(found, id(call))).orElse(AWAY);
    }

    private Answer one(Plugins found, String id) {
        return found.find(id)
                .map(status -> Answer.ok(json(status)))
                .orElse(
                        Answer.problem(
                                404, "there is no such plugin: `kepm plugin list` has them all"));
    }

    Answer install(Call call) {
        Optional<Plugins> found = plugins.get();
        if (found.isEmpty()) {
            return AWAY;
        }
        if (!(call.body().get(Upload.FILE) instanceof Path file)) {
            return Answer.problem(
                    415,
                    "send the file itself, as application/java-archive or"
                            + " application/vnd.kepm.kpk");
        }
        boolean downgrade = "true".equals(call.query().get("allowDowngrade"));
        Outcome outcome = found.get().install(file, downgrade, who(call));
        return answer(found.get(), outcome, "installed");
    }

    Answer remove(Call call) {
        return plugins.get()
                .map(found -> answer(found, found.remove(id(call), who(call)), "removed"))
                .orElse(AWAY);
    }

    Answer start(Call call) {
        return plugins.get()
                .map(found -> answer(found, found.start(id(call), who(call)), "started"))
                .orElse(AWAY);
    }

    Answer stop(Call call) {
        return plugins.get()
                .map(found -> answer(found, found.stop(id(call), who(call)), "stopped"))
                .orElse(AWAY);
    }

    Answer restart(Call call) {
        return plugins.get()
                .map(found -> answer(found, found.restart(id(call), who(call)), "restarted"))
                .orElse(AWAY);
    }

    Answer reload(Call call) {
        return plugins.get()
                .map(found -> answer(found, found.reload(who(call)), "reloaded"))
                .orElse(AWAY);
    }

    private Answer answer(Plugins found, Outcome outcome, String word) {
        String id = outcome.id();
        if (!outcome.known()) {
            return Answer.problem(404, String.join("; ", outcome.faults()));
        }
        if (!outcome.isDone()) {
            return Answer.problem(
                    422,
                    String.join("; ", outcome.faults()),
                    outcome.faults().stream().map(fault -> new Fields.Fault("", fault)).toList());
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id);
        body.put("result", word);
        found.find(id).ifPresent(status -> body.put("plugin", json(status)));
        return Answer.ok(body).noted(word + " " + id);
    }

    private static String id(Call call) {
        return call.variables().getOrDefault("id", "");
    }

    private static String who(Call call) {
        return call.caller().info().name();
    }

    private Map<String, Object> json(PluginStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", status.id());
        json.put("name", status.name());
        json.put("pluginType", status.kind());
        json.put("version", status.version());
        json.put("status", status.state().word());
        json.put("processId", (long) status.processId());
        json.put("restarts", (long) status.restarts());
        json.put("lastError", status.lastError());
        json.put("detail", status.detail());
        json.put("signer", status.signer());
        json.put("requiresMonitoring", status.monitored());
        status.started()
                .ifPresent(
                        when -> {
                            json.put("lastStartTime", when.toString());
                            json.put(
                                    "uptimeSeconds",
                                    Math.max(
                                            0,
                                            Duration.between(when, clock.instant()).toSeconds()));
                        });
        return json;
    }
}
