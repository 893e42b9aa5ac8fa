package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kepm.api.policy.EvaluationRequest.Access;
import io.kepm.api.settings.TargetFile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code Extension}: the keys that the type of the policy knows, and no others. */
final class ExtensionParser {

    /** Variables that carry no code and name no file. */
    static final Set<String> SAFE_ENVIRONMENT =
            Set.of(
                    "COLORTERM",
                    "COLUMNS",
                    "LANG",
                    "LANGUAGE",
                    "LC_ALL",
                    "LC_COLLATE",
                    "LC_CTYPE",
                    "LC_MESSAGES",
                    "LC_MONETARY",
                    "LC_NUMERIC",
                    "LC_TIME",
                    "LINES",
                    "NO_COLOR",
                    "TERM",
                    "TZ");

    private static final int LONGEST_GRANT = 24 * 60;
    private static final Map<PolicyType, List<String>> CONFIGURATION_KEYS =
            Map.of(
                    PolicyType.SETTINGS_UPDATE,
                    List.of("PluginName", "TargetFile", "Action", "SettingsJson"),
                    PolicyType.JOB_UPDATE,
                    List.of("Action", "JobId", "Job"),
                    PolicyType.KEEPER_UPDATES,
                    List.of("Version", "ManifestUrl"));

    private static final List<String> JOB_ACTIONS = List.of("Add", "Update", "Delete");

    static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    /** What those types say that need not say anything, read once: most policies share it. */
    private static final Map<PolicyType, Extension> UNSTATED = new EnumMap<>(PolicyType.class);

    static {
        for (PolicyType type : PolicyType.values()) {
            Place place = new Place(new Faults(), "", "", "");
            Members.of(NOTHING, place)
                    .map(members -> parse(members, type, new Gatherings()))
                    .filter(extension -> place.faults().isEmpty())
                    .ifPresent(extension -> UNSTATED.put(type, extension));
        }
    }

    private final Members members;
    private final PolicyType type;
    private final Gatherings gatherings;

    private ExtensionParser(Members members, PolicyType type, Gatherings gatherings) {
        this.members = members;
        this.type = type;
        this.gatherings = gatherings;
    }

    /** What an object without members, or none, says; empty when there is something to be read. */
    static Optional<Extension> unstated(JsonNode stated, PolicyType type) {
        return stated.isObject() && stated.isEmpty()
                ? Optional.ofNullable(UNSTATED.get(type))
                : Optional.empty();
    }

    static Extension parse(Members members, PolicyType type, Gatherings gatherings) {
        Extension extension = new ExtensionParser(members, type, gatherings).read();
        members.refuseOthers();
        return extension;
    }

    private Extension read() {
        boolean elevation = type.isElevation();
        boolean file = type == PolicyType.FILE_ACCESS;
        boolean standing = type == PolicyType.LEAST_PRIVILEGE;
        return new Extension(
                type.isStanding()
                        ? List.of()
                        : FilterParser.texts(members, "Folders", PathPrefix::parse),
                elevation ? commands() : List.of(),
                elevation ? lines("DenyCommands", true) : List.of(),
                elevation ? userNames("RunAs", members.someTexts("RunAs")) : List.of(),
                terms(elevation, file),
                file
                        ? FilterParser.texts(
                                members, "Paths", (t, at) -> AppEntry.parse(t, gatherings, at))
                        : List.of(),
                file ? access() : EnumSet.allOf(Access.class),
                type == PolicyType.HTTP_ACCESS
                        ? FilterParser.texts(members, "Urls", UrlPattern::parse)
                        : List.of(),
                type.isAgentic() ? members.integer("minAiLikelihoodPercent", 50, 0, 100) : 0,
                agentic(),
                standing ? userNames("Exclusions", members.texts("Exclusions")) : List.of(),
                standing ? members.texts("AdminGroups") : List.of(),
                configuration());
    }

    private List<CommandRule> commands() {
        List<CommandRule> rules = new ArrayList<>(CommandParser.parse(members));
        rules.addAll(lines("AllowCommands", false));
        return rules;
    }

    private List<CommandRule> lines(String name, boolean prefix) {
        List<CommandRule> rules = new ArrayList<>();
        List<String> lines = members.someTexts(name);
        for (int i = 0; i < lines.size(); i++) {
            CommandRule.ofLine(lines.get(i), prefix, members.place(name).item(i))
                    .ifPresent(rules::add);
        }
        return rules;
    }

    private List<String> userNames(String name, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (!NameSyntax.isUserName(names.get(i))) {
                members.place(name)
                        .item(i)
                        .refuse(Place.quoted(names.get(i)) + ": not a user name");
            }
        }
        return names;
    }

    private Terms terms(boolean elevation, boolean file) {
        OptionalInt minutes =
                (elevation || file) && members.has("DurationMinutes")
                        ? OptionalInt.of(members.integer("DurationMinutes", 1, 1, LONGEST_GRANT))
                        : OptionalInt.empty();
        Terms terms =
                new Terms(
                        minutes,
                        elevation
                                ? members.integer(
                                        "JustifyMinLength", Terms.JUSTIFY_MIN_LENGTH, 1, 1000)
                                : Terms.JUSTIFY_MIN_LENGTH,
                        elevation ? keepEnv() : List.of(),
                        elevation && members.flag("EphemeralAccount", false),
                        elevation && members.flag("AllowUnsafeTarget", false),
                        elevation && members.flag("AllowProtected", false),
                        elevation && members.flag("Intercept", false),
                        elevation && members.flag("NoExec", false),
                        elevation && members.flag("BindCwd", false));
        return terms.isPlain() ? Terms.PLAIN : gatherings.pool().one(terms);
    }

    private List<String> keepEnv() {
        List<String> names = members.texts("KeepEnv");
        for (int i = 0; i < names.size(); i++) {
            if (!SAFE_ENVIRONMENT.contains(names.get(i))) {
                members.place("KeepEnv")
                        .item(i)
                        .refuse(
                                Place.quoted(names.get(i))
                                        + ": not a variable that may be kept (known: "
                                        + String.join(
                                                ", ", SAFE_ENVIRONMENT.stream().sorted().toList())
                                        + ")");
            }
        }
        return names;
    }

    private Set<Access> access() {
        Optional<JsonNode> value = members.any("Access");
        if (value.isEmpty()) {
            return EnumSet.allOf(Access.class);
        }
        List<JsonNode> words =
                value.get().isArray() ? members.someItems("Access") : List.of(value.get());
        Set<Access> access = EnumSet.noneOf(Access.class);
        for (JsonNode word : words) {
            switch (word.asText("").toLowerCase(Locale.ROOT)) {
                case "read" -> access.add(Access.READ);
                case "write" -> access.add(Access.WRITE);
                default -> members.place("Access").refuse("`read` or `write` is expected");
            }
        }
        return access;
    }

    private Extension.Agentic agentic() {
        if (!type.isAgentic()) {
            return new Extension.Agentic(false, List.of(), "");
        }
        boolean overlay = members.flag("agenticOverlay", false);
        List<Integer> minutes = new ArrayList<>();
        List<JsonNode> items = members.items("grantDurationOptions");
        for (int i = 0; i < items.size(); i++) {
            int value = items.get(i).isIntegralNumber() ? items.get(i).asInt(0) : 0;
            if (value < 1 || value > LONGEST_GRANT) {
                members.place("grantDurationOptions")
                        .item(i)
                        .refuse("minutes from 1 to " + LONGEST_GRANT + " are expected");
            }
            minutes.add(value);
        }
        return new Extension.Agentic(
                overlay, minutes, members.text("pendingControlsJobId").orElse(""));
    }

    private String configuration() {
        List<String> keys = CONFIGURATION_KEYS.getOrDefault(type, List.of());
        for (String key : keys) {
            if (key.equals("SettingsJson") || key.equals("Job")) {
                members.any(key);
            } else {
                members.text(key);
            }
        }
        if (type == PolicyType.SETTINGS_UPDATE) {
            target();
        }
        if (type == PolicyType.JOB_UPDATE) {
            jobAction();
        }
        return keys.isEmpty() ? "" : members.source();
    }

    private void jobAction() {
        Optional<String> action = members.text("Action");
        if (action.isPresent() && JOB_ACTIONS.stream().noneMatch(action.get()::equalsIgnoreCase)) {
            members.place("Action")
                    .refuse(
                            "unknown action "
                                    + Place.quoted(action.get())
                                    + " (known: "
                                    + String.join(", ", JOB_ACTIONS)
                                    + ")");
        }
    }

    /** What it would write is one file of a closed list. */
    private void target() {
        Optional<String> file = members.text("TargetFile");
        Optional<String> plugin = members.text("PluginName");
        if (file.isPresent() && TargetFile.of(file.get()).isEmpty()) {
            members.place("TargetFile")
                    .refuse(
                            Place.quoted(file.get())
                                    + ": not a file that a policy may replace (known: "
                                    + TargetFile.ALLOWED
                                    + ")");
        }
        if (plugin.isPresent() && TargetFile.ofName(plugin.get()).isEmpty()) {
            members.place("PluginName").refuse(Place.quoted(plugin.get()) + ": no id of a plugin");
        }
        if (file.isPresent()
                && plugin.isPresent()
                && !TargetFile.of(file.get()).equals(TargetFile.ofName(plugin.get()))) {
            members.place("TargetFile").refuse("another file than that of `PluginName`");
        }
    }
}
