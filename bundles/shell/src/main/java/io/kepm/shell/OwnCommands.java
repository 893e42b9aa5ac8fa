package io.kepm.shell;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.Reason;
import io.kepm.api.text.VisibleText;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The {@code kepm:*} commands that only look. */
final class OwnCommands {

    private static final int RECORDS = 20;

    private final String version;
    private final AuditLog audit;
    private final PolicyEngine engine;
    private final LaunchDecision launches;
    private final Accounts accounts;
    private final Supplier<? extends List<HealthCheck>> checks;

    OwnCommands(
            String version,
            AuditLog audit,
            PolicyEngine engine,
            LaunchDecision launches,
            Accounts accounts,
            Supplier<? extends List<HealthCheck>> checks) {
        this.version = version;
        this.audit = audit;
        this.engine = engine;
        this.launches = launches;
        this.accounts = accounts;
        this.checks = checks;
    }

    List<OwnCommand> all() {
        return List.of(
                new OwnCommand("status", "how the agent is, check by check", this::status),
                new OwnCommand("audit", "the last records: [COUNT] [TYPE]", this::audit),
                new OwnCommand("grants", "rights that are given now", this::grants),
                new OwnCommand(
                        "policy-explain",
                        "what policy would say: USER /PATH/OF/COMMAND [ARGUMENT…]",
                        this::explain),
                new OwnCommand("help", "the commands of this shell", this::help));
    }

    private void status(List<String> words, PrintStream out) {
        PolicyEngine.Status status = engine.status();
        print(out, "KEPM agent " + version);
        print(out, "policies: " + status.policies() + ", revision " + status.revision().label());
        status.failure().forEach(line -> print(out, "  refused: " + line));
        print(out, "grants: " + launches.grants().size());
        for (HealthCheck check : checks.get()) {
            HealthCheck.Health health = check.check();
            String advice = health.advice().isEmpty() ? "" : " (" + health.advice() + ")";
            print(
                    out,
                    String.format(
                            Locale.ROOT,
                            "%-10s %-20s %s%s",
                            health.level().word(),
                            check.name(),
                            health.detail(),
                            advice));
        }
    }

    private void audit(List<String> words, PrintStream out) throws Exception {
        int count = RECORDS;
        List<String> types = List.of();
        for (String word : words) {
            if (word.matches("[1-9][0-9]{0,2}")) {
                count = Integer.parseInt(word);
            } else {
                types = List.of(word.toUpperCase(Locale.ROOT));
            }
        }
        AuditQuery query =
                new AuditQuery(
                        types,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        count,
                        true);
        AuditPart part = audit.search(query);
        for (AuditEntry entry : part.entries()) {
            print(out, entry.exported());
        }
        if (part.next() > 0 && part.entries().size() < count) {
            print(out, "records before " + part.next() + " were not looked at: kepm audit list");
        }
    }

    private void grants(List<String> words, PrintStream out) {
        for (Grant grant : launches.grants()) {
            print(
                    out,
                    String.join(
                            " ",
                            grant.id(),
                            grant.user(),
                            "as " + grant.runAs(),
                            "until " + grant.to(),
                            grant.path(),
                            grant.argv().toString(),
                            grant.why()));
        }
    }

    private void explain(List<String> words, PrintStream out) throws Exception {
        if (words.size() < 2 || !words.get(1).startsWith("/")) {
            throw new IllegalArgumentException("use: USER /PATH/OF/COMMAND [ARGUMENT…]");
        }
        Account account =
                accounts.byName(words.get(0))
                        .orElseThrow(() -> new IllegalArgumentException("no such user"));
        PolicyEngine.Explanation explanation =
                launches.explain(
                        request(account, words.subList(1, words.size())),
                        EventType.COMMAND_LINE.wireName());
        print(out, explanation.evaluation().decision().outcome());
        print(out, "revision " + explanation.evaluation().revision().label());
        for (Reason reason : explanation.evaluation().decision().reasons()) {
            print(out, "because " + reason.code() + ": " + reason.text());
        }
        for (Reason reason : explanation.considered()) {
            print(out, "considered " + reason.text());
            for (Reason.FilterVerdict filter : reason.filters()) {
                String verdict = filter.matched() ? "matches" : "does not match";
                print(out, "  " + filter.filter() + " " + verdict + ": " + filter.detail());
            }
        }
    }

    private void help(List<String> words, PrintStream out) {
        Allowed.all().forEach(command -> print(out, command));
    }

    private static LaunchRequest request(Account account, List<String> argv) {
        return LaunchRequest.by("shell", account.name(), account.uid(), argv.get(0), argv)
                .requestId(UUID.randomUUID().toString())
                .descriptorNote("asked in the shell, nothing is run")
                .build();
    }

    private static void print(PrintStream out, String line) {
        out.print(VisibleText.of(line, Runner.MOST_SHOWN) + "\n");
    }
}
