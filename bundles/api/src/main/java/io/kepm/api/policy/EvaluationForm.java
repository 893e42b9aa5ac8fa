package io.kepm.api.policy;

import io.kepm.api.policy.EvaluationRequest.Access;
import io.kepm.api.policy.EvaluationRequest.Machine;
import io.kepm.api.policy.EvaluationRequest.Parent;
import io.kepm.api.policy.EvaluationRequest.Target;
import io.kepm.api.policy.EvaluationRequest.User;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The request form of policy documents and cases, with its defaults, as it comes in at the doors.
 * Only the form is checked here; what is malformed for policy is for its guards to name. Not for
 * use by two threads.
 */
public final class EvaluationForm {

    private static final int TEXT = 4096;
    private static final int ARGUMENT = 131_072;
    private static final int JUSTIFICATION = 2000;

    private final Reader fields;

    /**
     * Reads the members of one JSON object by name and type; null stands for absent. It goes on
     * after a fault, and notes it; so it does for a member that nobody asked for.
     */
    public interface Reader {
        boolean has(String name);

        void fault(String name, String detail);

        Optional<String> text(String name, int maxLength);

        /** Empty, with a fault, when it is absent. */
        String requiredText(String name, int maxLength);

        long number(String name, long absent, long min, long max);

        boolean flag(String name);

        Optional<List<String>> texts(String name);

        /** A list of texts and nulls. */
        Optional<List<Optional<String>>> maybeTexts(String name);

        /** A member that is an object; without members when it is absent. */
        Reader object(String name);
    }

    public EvaluationForm(Reader fields) {
        this.fields = fields;
    }

    /** The user as the body describes it; only an administrator may say who asks. */
    public User describedUser() {
        Reader user = fields.object("user");
        String name = user.requiredText("name", TEXT);
        return new User(
                name,
                user.number("uid", 1000, 0, 0xffff_fffeL),
                user.texts("groups").orElse(List.of()),
                Optional.of(user.text("home", TEXT).orElse("/home/" + name)),
                user.text("domain", TEXT));
    }

    /** The name in the body, of which nothing else is believed. */
    public Optional<String> claimedName() {
        Reader user = fields.object("user");
        Optional<String> name = user.text("name", TEXT);
        for (String ignored : List.of("uid", "groups", "home", "domain")) {
            user.has(ignored);
        }
        return name;
    }

    /** The machine as the body describes it, or else this one. */
    public Machine describedMachine(Machine here) {
        Reader machine = fields.object("machine");
        return new Machine(
                machine.text("hostname", TEXT).orElse(here.hostname()),
                machine.text("os", TEXT).orElse(here.os()));
    }

    /** The instant to judge at, or else now. */
    public ZonedDateTime describedInstant(ZonedDateTime now) {
        Optional<String> at = fields.text("at", 64);
        if (at.isEmpty()) {
            return now;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(at.get());
            return time.atZoneSameInstant(ZoneId.of(time.getOffset().getId()));
        } catch (DateTimeException e) {
            fields.fault("at", "not an instant with an offset, such as 2026-11-23T10:15:00+01:00");
            return now;
        }
    }

    /** The caller's own id for the request, or else a fresh one. */
    public String describedId() {
        return fields.text("requestId", 128).orElseGet(EvaluationForm::freshId);
    }

    /** An id nobody else has. */
    public static String freshId() {
        return UUID.randomUUID().toString();
    }

    /** The whole request, by whom and where the caller of this says. */
    public EvaluationRequest request(String id, User user, Machine machine) {
        return new EvaluationRequest(
                id,
                fields.requiredText("eventType", 64),
                fields.text("sessionId", 128).orElse(""),
                user,
                machine,
                target(fields.object("target")),
                fields.text("url", TEXT),
                access(),
                fields.text("cwd", TEXT).orElse("/"),
                fields.text("runAs", TEXT).orElse("root"),
                fields.texts("runAsGroups").orElse(List.of()),
                parent(),
                (int) fields.number("aiLikelihoodPercent", 0, 0, 100),
                fields.flag("hasDesktop"),
                fields.text("justification", JUSTIFICATION));
    }

    private static Target target(Reader target) {
        String path = target.requiredText("path", TEXT);
        List<String> argv = target.texts("argv").orElse(List.of(path));
        for (int i = 0; i < argv.size(); i++) {
            if (argv.get(i).length() > ARGUMENT) {
                target.fault("argv/" + i, "longer than " + ARGUMENT + " characters");
            }
        }
        List<Optional<String>> arguments = argv.stream().skip(1).map(Optional::of).toList();
        return new Target(
                path,
                target.text("realPath", TEXT).orElse(path),
                argv,
                target.maybeTexts("argvReal").orElse(arguments),
                target.text("sha256", 64),
                target.texts("certificates").orElse(List.of()),
                target.text("signerUnknown", TEXT).orElse(""),
                target.texts("unsafe").orElse(List.of()),
                target.flag("setuid"));
    }

    private Access access() {
        String access = fields.text("access", 16).orElse("read").toLowerCase(Locale.ROOT);
        if (!access.equals("read") && !access.equals("write")) {
            fields.fault("access", "neither `read` nor `write`");
        }
        return access.equals("write") ? Access.WRITE : Access.READ;
    }

    private Optional<Parent> parent() {
        if (!fields.has("parent")) {
            return Optional.empty();
        }
        Reader parent = fields.object("parent");
        return Optional.of(
                new Parent(
                        (int) parent.number("pid", 0, 0, Integer.MAX_VALUE),
                        parent.requiredText("path", TEXT)));
    }
}
