package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.jobs.Chore;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyEngine.Configuration;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.settings.SettingsDesk.PolicyUpdate;
import io.kepm.api.settings.TargetFile;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Does what policies say about the configuration of this machine: those of type {@code JobUpdate}
 * about jobs, those of type {@code SettingsUpdate} about settings. What a policy did and none says
 * any more is taken back.
 */
record ConfigurationPolicies(
        PolicyEngine engine,
        Targets targets,
        PolicyJobs jobs,
        SettingsDesk settings,
        AuditLog audit)
        implements Chore {

    /** What was done, and what could not be; for people. */
    private record Account(List<String> done, List<String> faults) {
        Account() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    @Override
    public String name() {
        return "process-configuration-policies";
    }

    @Override
    public String run(Map<String, String> arguments) throws IOException {
        EvaluationRequest.Machine machine =
                new EvaluationRequest.Machine(targets.hostname(), "linux");
        Account account = new Account();
        List<Configuration> ofJobs = new ArrayList<>();
        List<PolicyUpdate> updates = new ArrayList<>();
        for (Configuration each : engine.configurations(machine)) {
            switch (each.type()) {
                case "JobUpdate" -> ofJobs.add(each);
                case "SettingsUpdate" -> update(each, account).ifPresent(updates::add);
                default ->
                        account.done()
                                .add(
                                        each.policy().id()
                                                + ": "
                                                + each.type()
                                                + " is not for this job");
            }
        }
        try {
            jobs.follow(ofJobs, account.done(), account.faults());
            follow(updates, account);
        } catch (StorageException e) {
            throw new IOException("what policies say can't be kept: " + e.getMessage(), e);
        }
        if (!account.faults().isEmpty()) {
            throw new IOException(String.join("\n", account.faults()));
        }
        return account.done().isEmpty()
                ? "no policy says anything about configuration"
                : String.join("\n", account.done());
    }

    private void follow(List<PolicyUpdate> updates, Account account) throws StorageException {
        SettingsDesk.Followed followed = settings.follow(updates, audit);
        account.faults().addAll(followed.faults());
        followed.changed().forEach(name -> account.done().add("setting `" + name + "` changed"));
        for (PolicyUpdate each : updates) {
            if (followed.faults().stream().noneMatch(one -> one.startsWith(each.policy() + ": "))) {
                account.done()
                        .add(each.policy() + ": settings of `" + each.file().path() + "` count");
            }
        }
    }

    private static Optional<PolicyUpdate> update(Configuration each, Account account) {
        String id = each.policy().id();
        try {
            ObjectNode extension = JsonText.read(each.extension().getBytes(StandardCharsets.UTF_8));
            String action = extension.path("Action").asText("Update");
            String plugin = extension.path("PluginName").asText();
            Optional<TargetFile> file =
                    plugin.isEmpty()
                            ? TargetFile.of(extension.path("TargetFile").asText())
                            : TargetFile.ofName(plugin);
            JsonNode json = extension.path("SettingsJson");
            if (!action.equalsIgnoreCase("Update") || file.isEmpty() || json.isMissingNode()) {
                account.faults()
                        .add(
                                id
                                        + ": `PluginName` or `TargetFile`, `SettingsJson` and the"
                                        + " `Action` Update are needed");
                return Optional.empty();
            }
            String content = json.isTextual() ? json.asText() : json.toString();
            return Optional.of(
                    new PolicyUpdate(id, file.get(), content.getBytes(StandardCharsets.UTF_8)));
        } catch (JsonText.Unreadable e) {
            account.faults().add(id + ": its `Extension` can't be read: " + e.getMessage());
            return Optional.empty();
        }
    }
}
