package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Turns the rules of sudo into policies that only watch. INVARIANT: a policy gives no argument,
 * user, host or run-as user that its rule did not, and what of a rule is not there is told. Not for
 * use by two threads.
 */
public final class Import {

    private static final Set<String> ROOT =
            Set.of(
                    "Defaults",
                    "User_Aliases",
                    "Runas_Aliases",
                    "Host_Aliases",
                    "Command_Aliases",
                    "User_Specs");
    private static final Set<String> SET =
            Set.of("runasusers", "runasgroups", "Options", "Commands");

    private final Aliases aliases;
    private final Set<String> spaced;
    private final Settings settings;
    private final Function<Json, List<String>> loader;
    private final List<Json> policies = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();

    private Import(Json root, Set<String> spaced, Function<Json, List<String>> loader) {
        this.aliases = new Aliases(root);
        this.spaced = spaced;
        this.loader = loader;
        settings = Settings.of(root);
    }

    /** What came of it. */
    public record Result(List<Json> policies, List<Warning> warnings) {
        public Result {
            policies = List.copyOf(policies);
            warnings = List.copyOf(warnings);
        }

        /** Whether every rule is there. */
        public boolean isWhole() {
            return warnings.stream().noneMatch(Warning::isLost);
        }
    }

    /**
     * Translates what {@code cvtsudoers -f json} printed.
     *
     * @param spaced programs whose path holds blanks, which that form does not show
     * @param loader what the loader would refuse in a policy
     * @throws IOException when the text is of another form
     */
    public static Result of(String text, Set<String> spaced, Function<Json, List<String>> loader)
            throws IOException {
        Json root = SudoersJson.read(text);
        for (String name : root.members().keySet()) {
            if (!ROOT.contains(name)) {
                throw new IOException("`" + name + "` is nothing that cvtsudoers prints");
            }
        }
        if (!root.isObject()) {
            throw new IOException("it is not what cvtsudoers prints");
        }
        Import work = new Import(root, spaced, loader);
        List<Json> specs = root.at("User_Specs").items();
        for (int i = 0; i < specs.size(); i++) {
            work.spec(specs.get(i), i + 1);
        }
        work.warnings.addAll(work.settings.warnings());
        return new Result(work.policies, work.warnings);
    }

    private void spec(Json spec, int number) {
        List<Json> sets = spec.at("Cmnd_Specs").items();
        int shown = warnings.size();
        for (int i = 0; i < sets.size(); i++) {
            String id = "sudoers-" + padded(number) + "-" + (i + 1);
            Remarks remarks = new Remarks(RuleText.of(spec, sets.get(i)));
            set(spec, sets.get(i), id, remarks);
            warnings.addAll(remarks.all());
        }
        if (sets.isEmpty() && warnings.size() == shown) {
            warnings.add(new Warning(Warning.Kind.LOST, spec.toString(), "it holds no commands"));
        }
    }

    private void set(Json spec, Json set, String id, Remarks remarks) {
        for (String name : set.members().keySet()) {
            if (!SET.contains(name)) {
                remarks.lost("not translated: `" + name + "` has no counterpart in a policy");
                return;
            }
        }
        List<Item> commands = aliases.flat(set.at("Commands"), remarks);
        boolean all = commands.stream().anyMatch(item -> item.isAll() && !item.negated());
        long lost = remarks.losses();
        Optional<List<String>> users =
                Who.users(aliases.flat(spec.at("User_List"), remarks), remarks);
        Optional<List<String>> hosts =
                Who.hosts(aliases.flat(spec.at("Host_List"), remarks), remarks);
        boolean kept = remarks.losses() > lost;
        lost = remarks.losses();
        Optional<List<String>> runAs = runAs(set, remarks);
        // Without run-as users of its own a denied command is denied whoever it is to run as.
        kept |= remarks.losses() > lost && !runAs.equals(Optional.of(List.of("root")));
        Optional<Tags> tags = Tags.of(set.at("Options"), all, remarks);
        Optional<CommandSet> what = CommandSet.of(commands, spaced, remarks);
        if (users.isEmpty()
                || hosts.isEmpty()
                || runAs.isEmpty()
                || tags.isEmpty()
                || what.isEmpty()) {
            takenAway(commands, remarks);
            return;
        }
        if (kept) {
            // Whoever is left out keeps what the rule takes from the others.
            takenAway(commands, remarks);
        }
        boolean dated = tags.get().from().isPresent() || tags.get().to().isPresent();
        if (dated && !what.get().denied().isEmpty()) {
            remarks.lost("not translated: commands taken away for a time");
            return;
        }
        PolicyDraft draft =
                new PolicyDraft(
                        id,
                        "sudoers: " + remarks.rule(),
                        users.get(),
                        hosts.get(),
                        runAs.get(),
                        tags.get(),
                        settings.noExec());
        policies(draft, what.get(), remarks);
    }

    private static void takenAway(List<Item> commands, Remarks remarks) {
        if (commands.stream().anyMatch(Item::negated)) {
            remarks.lost("it takes commands away: look at what the other rules give");
        }
    }

    private Optional<List<String>> runAs(Json set, Remarks remarks) {
        if (!set.at("runasgroups").isMissing()) {
            if (set.at("runasusers").isMissing()) {
                remarks.lost("not translated: a policy can't say `run as a group`");
                return Optional.empty();
            }
            remarks.lost("run-as groups have no counterpart: left out");
        }
        if (set.at("runasusers").isMissing()) {
            if (settings.runAs().isEmpty()) {
                remarks.lost("not translated: as whom it runs hangs on `Defaults runas_default`");
            }
            return settings.runAs().map(List::of);
        }
        return Who.runAs(aliases.flat(set.at("runasusers"), remarks), remarks);
    }

    private void policies(PolicyDraft draft, CommandSet what, Remarks remarks) {
        Map<String, Json> extension = new LinkedHashMap<>();
        boolean gives = what.everything() || !what.allowed().isEmpty();
        if (!what.everything() && gives) {
            extension.put("Commands", Json.list(what.allowed()));
        }
        if (!what.denied().isEmpty()) {
            extension.put("DenyCommands", Json.texts(what.denied()));
        }
        boolean made = false;
        if (gives || !extension.isEmpty()) {
            List<String> programs = what.everything() ? List.of("*") : List.of();
            made = add(draft.json("", gives, programs, extension), remarks);
        }
        for (int i = 0; i < what.bound().size(); i++) {
            CommandSet.Bound bound = what.bound().get(i);
            Map<String, Json> command = new LinkedHashMap<>();
            bound.command().ifPresent(c -> command.put("Commands", Json.list(List.of(c))));
            made |= add(draft.json("-" + (i + 1), true, bound.digests(), command), remarks);
        }
        if (!made) {
            remarks.lost("not translated: no command is left");
        } else if (draft.tags().password() && (gives || !what.bound().isEmpty())) {
            remarks.note(
                    "sudo asked for a password (PASSWD): ALLOW does not; MFA or sudo itself can");
        }
    }

    /** A policy that the loader would refuse, now or once it is enforced, is none. */
    private boolean add(Json policy, Remarks remarks) {
        Map<String, Json> enforced = new LinkedHashMap<>(policy.members());
        enforced.put("Status", Json.of("enforce"));
        List<String> faults = new ArrayList<>(loader.apply(policy));
        faults.addAll(loader.apply(Json.object(enforced)));
        if (!faults.isEmpty()) {
            remarks.lost("not translated: the loader refuses it: " + faults.get(0));
            if (!policy.at("Extension").at("DenyCommands").isEmpty()) {
                remarks.lost("it takes commands away: look at what the other rules give");
            }
            return false;
        }
        policies.add(policy);
        return true;
    }

    private static String padded(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, 3 - digits.length())) + digits;
    }
}
