package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.PolicyRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads one policy object. Whatever is wrong is told to the place; nothing is guessed. */
final class PolicyParser {

    private static final int MAX_ID = 128;
    private static final int MAX_NAME = 1024;
    private static final int MAX_NOTICE = 2000;

    private static final Pattern LINE_BREAK = Pattern.compile("[\\r\\n]");
    private static final Map<String, Control> CONTROLS =
            Arrays.stream(Control.values())
                    .collect(Collectors.toUnmodifiableMap(Enum::name, control -> control));

    private final Members policy;
    private final Gatherings gatherings;

    private PolicyParser(Members policy, Gatherings gatherings) {
        this.policy = policy;
        this.gatherings = gatherings;
    }

    /** The policies of a file: an object or an array of them. Empty when any was refused. */
    static List<PolicyDocument> parse(JsonNode file, Gatherings gatherings, Place place) {
        List<JsonNode> items = file.isArray() ? Members.items(file, place) : List.of(file);
        List<PolicyDocument> documents = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Place at = file.isArray() ? place.item(i) : place;
            Place named = at.policy(items.get(i).path("PolicyId").asText(""));
            int before = place.faults().count();
            Optional<PolicyDocument> document =
                    Members.of(items.get(i), named)
                            .flatMap(members -> new PolicyParser(members, gatherings).read());
            if (place.faults().count() == before) {
                document.ifPresent(documents::add);
            }
        }
        return documents;
    }

    private Optional<PolicyDocument> read() {
        policy.any("$schema");
        String id = identity("PolicyId", MAX_ID);
        String name = identity("PolicyName", MAX_NAME);
        Optional<PolicyType> type = type();
        int version = policy.integer("PolicyVersion", 1, 1, Integer.MAX_VALUE);
        Optional<PolicyStatus> status = status();
        Set<Control> controls = controls();
        String notice = notice();
        boolean acknowledge = acknowledge();
        OptionalInt risk = risk();
        operator();
        Filters filters = FilterParser.parse(policy, gatherings);
        Optional<Extension> extension = type.flatMap(this::extension);
        ApprovalTerms approval = ApprovalTerms.parse(policy);
        policy.refuseOthers();
        if (type.isEmpty() || status.isEmpty() || extension.isEmpty()) {
            return Optional.empty();
        }
        PolicyDocument document =
                new PolicyDocument(
                        new PolicyRef(id, name, version),
                        type.get(),
                        status.get(),
                        Controls.of(controls),
                        extension.get().terms(),
                        notice,
                        acknowledge,
                        risk,
                        filters.hasPatterns() ? filters : gatherings.pool().one(filters),
                        extension.get(),
                        approval.stated() ? gatherings.pool().one(approval) : approval,
                        policy.place().file());
        new Safety(document, policy.place()).check();
        return Optional.of(document);
    }

    private String identity(String field, int longest) {
        String text = policy.requiredText(field);
        boolean present = policy.any(field).filter(JsonNode::isTextual).isPresent();
        if (present
                && (text.isBlank() || Texts.length(text) > longest || !Texts.isPrintable(text))) {
            policy.place(field).refuse("1 to " + longest + " printable characters are expected");
        }
        return text;
    }

    private Optional<PolicyType> type() {
        String word = policy.requiredText("PolicyType");
        Optional<PolicyType> type = PolicyType.of(word);
        if (type.isEmpty() && !word.isEmpty()) {
            policy.place("PolicyType").refuse(unknown("type", word, PolicyType.known()));
        }
        return type;
    }

    private Optional<PolicyStatus> status() {
        String word = policy.requiredText("Status");
        Optional<PolicyStatus> status = PolicyStatus.of(word);
        if (status.isEmpty() && !word.isEmpty()) {
            policy.place("Status").refuse(unknown("status", word, PolicyStatus.KNOWN));
        }
        return status;
    }

    private static String unknown(String what, String word, String known) {
        return "unknown " + what + " " + Place.quoted(word) + " (known: " + known + ")";
    }

    private Set<Control> controls() {
        EnumSet<Control> controls = EnumSet.noneOf(Control.class);
        Optional<Members> actions = policy.object("Actions");
        if (actions.isEmpty()) {
            return controls;
        }
        actions.get()
                .object("OnSuccess")
                .ifPresent(
                        onSuccess -> {
                            read(onSuccess, controls);
                            onSuccess.refuseOthers();
                        });
        actions.get()
                .object("OnFailure")
                .ifPresent(
                        onFailure -> {
                            String command = onFailure.text("Command").orElse("");
                            if (!command.isEmpty() && !command.equalsIgnoreCase("deny")) {
                                onFailure
                                        .place("Command")
                                        .refuse(unknown("command", command, "deny, or empty"));
                            }
                            onFailure.refuseOthers();
                        });
        actions.get().refuseOthers();
        return controls;
    }

    /** Older data joins the tokens with newlines; empty ones are ignored. */
    private static void read(Members onSuccess, Set<Control> controls) {
        Place place = onSuccess.place("Controls");
        List<String> lines =
                onSuccess.any("Controls").filter(JsonNode::isTextual).isPresent()
                        ? List.of(onSuccess.text("Controls").orElse(""))
                        : onSuccess.texts("Controls");
        for (String line : lines) {
            for (String token : LINE_BREAK.split(line, -1)) {
                String word = token.trim();
                Control control = CONTROLS.get(word.toUpperCase(Locale.ROOT));
                if (control != null) {
                    controls.add(control);
                } else if (!word.isEmpty()) {
                    place.refuse(
                            unknown(
                                    "control",
                                    word,
                                    Arrays.stream(Control.values())
                                            .map(Enum::name)
                                            .collect(Collectors.joining(", "))));
                }
            }
        }
    }

    private String notice() {
        String text = policy.text("NotificationMessage").orElse("");
        if (Texts.length(text) > MAX_NOTICE) {
            policy.place("NotificationMessage").refuse("longer than " + MAX_NOTICE + " characters");
        }
        return text;
    }

    private boolean acknowledge() {
        String shorter = "NotificationRequiresAcknowledge";
        String longer = "NotificationRequiresAcknowledgement";
        if (policy.has(shorter) && policy.has(longer)) {
            policy.place(longer).refuse("stands beside " + shorter + ": use one of them");
        }
        boolean stated = policy.flag(shorter, false);
        return policy.flag(longer, stated);
    }

    private OptionalInt risk() {
        return policy.any("RiskLevel").filter(JsonNode::isNull).isPresent()
                ? OptionalInt.empty()
                : OptionalInt.of(policy.integer("RiskLevel", 50, 0, 100));
    }

    private void operator() {
        Optional<String> word = policy.text("Operator");
        if (word.filter(w -> !w.equalsIgnoreCase("And")).isPresent()) {
            policy.place("Operator").refuse(unknown("operator", word.get(), "And"));
        }
    }

    private Optional<Extension> extension(PolicyType type) {
        JsonNode stated = policy.any("Extension").orElse(ExtensionParser.NOTHING);
        Optional<Extension> plain = ExtensionParser.unstated(stated, type);
        if (plain.isPresent()) {
            return plain;
        }
        return Members.of(stated, policy.place("Extension"))
                .map(members -> ExtensionParser.parse(members, type, gatherings))
                .map(e -> e.hasPatterns() ? e : gatherings.pool().one(e));
    }
}
