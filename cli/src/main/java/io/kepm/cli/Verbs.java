package io.kepm.cli;

import io.kepm.cli.text.Nearest;
import io.kepm.cli.verb.AskAhead;
import io.kepm.cli.verb.BackUpStorage;
import io.kepm.cli.verb.BreakGlass;
import io.kepm.cli.verb.CancelJob;
import io.kepm.cli.verb.ChangeJob;
import io.kepm.cli.verb.ChangePlugin;
import io.kepm.cli.verb.ChangeSetting;
import io.kepm.cli.verb.CheckPolicies;
import io.kepm.cli.verb.CheckStorage;
import io.kepm.cli.verb.CheckTrust;
import io.kepm.cli.verb.DecideRequest;
import io.kepm.cli.verb.DiffPolicies;
import io.kepm.cli.verb.Doctor;
import io.kepm.cli.verb.EndGrant;
import io.kepm.cli.verb.ExplainPolicy;
import io.kepm.cli.verb.ExportAudit;
import io.kepm.cli.verb.Extend;
import io.kepm.cli.verb.GiveToken;
import io.kepm.cli.verb.Govern;
import io.kepm.cli.verb.ImportSudoers;
import io.kepm.cli.verb.InstallPlugin;
import io.kepm.cli.verb.ListAudit;
import io.kepm.cli.verb.ListClients;
import io.kepm.cli.verb.ListDenials;
import io.kepm.cli.verb.ListGrants;
import io.kepm.cli.verb.ListJobs;
import io.kepm.cli.verb.ListPlugins;
import io.kepm.cli.verb.ListPolicies;
import io.kepm.cli.verb.ListRequests;
import io.kepm.cli.verb.ListRights;
import io.kepm.cli.verb.ListRuns;
import io.kepm.cli.verb.ListSessions;
import io.kepm.cli.verb.ListSettings;
import io.kepm.cli.verb.ListTokens;
import io.kepm.cli.verb.ListTrust;
import io.kepm.cli.verb.NewPlugin;
import io.kepm.cli.verb.OfflineCode;
import io.kepm.cli.verb.OfflineTool;
import io.kepm.cli.verb.PlaySession;
import io.kepm.cli.verb.ReloadPlugins;
import io.kepm.cli.verb.ReloadPolicies;
import io.kepm.cli.verb.ReportAudit;
import io.kepm.cli.verb.RestoreStorage;
import io.kepm.cli.verb.RevertSettings;
import io.kepm.cli.verb.RevokeSigners;
import io.kepm.cli.verb.RevokeToken;
import io.kepm.cli.verb.RotateKey;
import io.kepm.cli.verb.Run;
import io.kepm.cli.verb.RunApproved;
import io.kepm.cli.verb.RunJob;
import io.kepm.cli.verb.SecondFactor;
import io.kepm.cli.verb.Shell;
import io.kepm.cli.verb.ShowAudit;
import io.kepm.cli.verb.ShowCertificate;
import io.kepm.cli.verb.ShowJob;
import io.kepm.cli.verb.ShowRun;
import io.kepm.cli.verb.ShowSetting;
import io.kepm.cli.verb.ShowThumbprint;
import io.kepm.cli.verb.SignIn;
import io.kepm.cli.verb.Status;
import io.kepm.cli.verb.TailAudit;
import io.kepm.cli.verb.TestPolicies;
import io.kepm.cli.verb.TryOut;
import io.kepm.cli.verb.VerifyAudit;
import io.kepm.cli.verb.Version;
import io.kepm.cli.verb.WhoCanRun;
import java.util.List;
import java.util.Optional;

/** Every verb by its name, in the order of the help; only the one that is asked for is made. */
final class Verbs {

    static final List<String> NAMES =
            List.of(
                    "status",
                    "list",
                    "run",
                    "grants",
                    "release",
                    "request",
                    "requests",
                    "approved",
                    "approve",
                    "deny",
                    "extend",
                    "escalate",
                    "withdraw",
                    "offline-code status",
                    "offline-code challenge",
                    "offline-code enter",
                    "offline-code key",
                    "offline-code machine-key",
                    "offline-code answer",
                    "offline-code import",
                    "offline-code forget",
                    "mfa status",
                    "mfa enroll",
                    "mfa remove",
                    "mfa admit",
                    "govern",
                    "ungovern",
                    "policy list",
                    "policy check",
                    "policy explain",
                    "policy test",
                    "policy import-sudoers",
                    "policy who-can",
                    "policy diff",
                    "policy reload",
                    "audit list",
                    "audit show",
                    "audit tail",
                    "audit report",
                    "audit verify",
                    "audit export",
                    "job list",
                    "job show",
                    "job validate",
                    "job add",
                    "job update",
                    "job delete",
                    "job run",
                    "job trigger",
                    "job runs",
                    "job log",
                    "job cancel",
                    "job reload",
                    "session list",
                    "session play",
                    "session export",
                    "mqtt clients",
                    "mqtt denials",
                    "plugin list",
                    "plugin install",
                    "plugin remove",
                    "plugin start",
                    "plugin stop",
                    "plugin restart",
                    "plugin reload",
                    "plugin new",
                    "trust list",
                    "trust check",
                    "trust revoke",
                    "trust thumbprint",
                    "storage check",
                    "storage backup",
                    "storage restore",
                    "storage rotate-key",
                    "settings list",
                    "settings get",
                    "settings set",
                    "settings revert",
                    "token admin",
                    "token scrape",
                    "token list",
                    "token revoke",
                    "certificate show",
                    "certificate rotate",
                    "console",
                    "break-glass",
                    "dev",
                    "doctor",
                    "shell",
                    "version");

    private Verbs() {}

    static Optional<Verb> find(String name) {
        return switch (name) {
            case "status" -> Optional.of(new Status());
            case "list" -> Optional.of(new ListRights());
            case "run" -> Optional.of(new Run());
            case "grants" -> Optional.of(new ListGrants());
            case "release" -> Optional.of(new EndGrant());
            case "request" -> Optional.of(new AskAhead());
            case "requests" -> Optional.of(new ListRequests());
            case "approved" -> Optional.of(new RunApproved());
            case "extend" -> Optional.of(new Extend());
            case "approve", "deny", "escalate", "withdraw" -> Optional.of(new DecideRequest(name));
            case "offline-code key", "offline-code machine-key", "offline-code answer" ->
                    Optional.of(new OfflineTool(name.substring("offline-code ".length())));
            case "offline-code status",
                    "offline-code challenge",
                    "offline-code enter",
                    "offline-code import",
                    "offline-code forget" ->
                    Optional.of(new OfflineCode(name.substring("offline-code ".length())));
            case "mfa status", "mfa enroll", "mfa remove", "mfa admit" ->
                    Optional.of(new SecondFactor(name.substring("mfa ".length())));
            case "govern", "ungovern" -> Optional.of(new Govern(name));
            case "policy list" -> Optional.of(new ListPolicies());
            case "policy check" -> Optional.of(new CheckPolicies());
            case "policy explain" -> Optional.of(new ExplainPolicy());
            case "policy test" -> Optional.of(new TestPolicies());
            case "policy import-sudoers" -> Optional.of(new ImportSudoers());
            case "policy who-can" -> Optional.of(new WhoCanRun());
            case "policy diff" -> Optional.of(new DiffPolicies());
            case "policy reload" -> Optional.of(new ReloadPolicies());
            case "audit list" -> Optional.of(new ListAudit());
            case "audit show" -> Optional.of(new ShowAudit());
            case "audit tail" -> Optional.of(new TailAudit());
            case "audit report" -> Optional.of(new ReportAudit());
            case "audit verify" -> Optional.of(new VerifyAudit());
            case "audit export" -> Optional.of(new ExportAudit());
            case "job list" -> Optional.of(new ListJobs());
            case "job show" -> Optional.of(new ShowJob());
            case "job validate", "job add", "job update", "job delete", "job reload" ->
                    Optional.of(new ChangeJob(name.substring("job ".length())));
            case "job run" -> Optional.of(new RunJob(false));
            case "job trigger" -> Optional.of(new RunJob(true));
            case "job runs" -> Optional.of(new ListRuns());
            case "job log" -> Optional.of(new ShowRun());
            case "session list" -> Optional.of(new ListSessions());
            case "session play" -> Optional.of(new PlaySession(false));
            case "session export" -> Optional.of(new PlaySession(true));
            case "job cancel" -> Optional.of(new CancelJob());
            case "mqtt clients" -> Optional.of(new ListClients());
            case "mqtt denials" -> Optional.of(new ListDenials());
            case "plugin list" -> Optional.of(new ListPlugins());
            case "plugin install" -> Optional.of(new InstallPlugin());
            case "plugin remove", "plugin start", "plugin stop", "plugin restart" ->
                    Optional.of(new ChangePlugin(name.substring("plugin ".length())));
            case "plugin reload" -> Optional.of(new ReloadPlugins());
            case "plugin new" -> Optional.of(new NewPlugin());
            case "trust list" -> Optional.of(new ListTrust());
            case "trust check" -> Optional.of(new CheckTrust());
            case "trust revoke" -> Optional.of(new RevokeSigners());
            case "trust thumbprint" -> Optional.of(new ShowThumbprint());
            case "storage check" -> Optional.of(new CheckStorage());
            case "storage backup" -> Optional.of(new BackUpStorage());
            case "storage restore" -> Optional.of(new RestoreStorage());
            case "storage rotate-key" -> Optional.of(new RotateKey());
            case "settings list" -> Optional.of(new ListSettings());
            case "settings get" -> Optional.of(new ShowSetting());
            case "settings set" -> Optional.of(new ChangeSetting());
            case "settings revert" -> Optional.of(new RevertSettings());
            case "token admin" -> Optional.of(new GiveToken("admin"));
            case "token scrape" -> Optional.of(new GiveToken("scrape"));
            case "token list" -> Optional.of(new ListTokens());
            case "token revoke" -> Optional.of(new RevokeToken());
            case "certificate show" -> Optional.of(new ShowCertificate(false));
            case "certificate rotate" -> Optional.of(new ShowCertificate(true));
            case "console" -> Optional.of(new SignIn());
            case "break-glass" -> Optional.of(new BreakGlass());
            case "dev" -> Optional.of(new TryOut());
            case "doctor" -> Optional.of(new Doctor());
            case "shell" -> Optional.of(new Shell());
            case "version" -> Optional.of(new Version());
            default -> Optional.empty();
        };
    }

    /** Whether the word is the first of verbs with two words. */
    static boolean isGroup(String word) {
        return List.of(
                        "policy",
                        "audit",
                        "certificate",
                        "job",
                        "mfa",
                        "mqtt",
                        "offline-code",
                        "plugin",
                        "session",
                        "settings",
                        "storage",
                        "token",
                        "trust")
                .contains(word);
    }

    /** The verb that was probably meant. */
    static Optional<String> near(String name) {
        return Nearest.of(name, NAMES, 3);
    }
}
