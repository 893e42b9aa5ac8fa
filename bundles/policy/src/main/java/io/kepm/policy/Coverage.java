package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether everything that one entry fits is fitted by another too. Answers no when that is not
 * certain from their text alone.
 */
final class Coverage {

    /** Of a request about nothing; only patterns without variables are asked with it. */
    private static final Variables NONE =
            new Variables(
                    new EvaluationRequest(
                            "",
                            "",
                            "",
                            new EvaluationRequest.User(
                                    "", 0, List.of(), Optional.empty(), Optional.empty()),
                            new EvaluationRequest.Machine("", ""),
                            new EvaluationRequest.Target(
                                    "/",
                                    "/",
                                    List.of("/"),
                                    List.of(),
                                    Optional.empty(),
                                    List.of(),
                                    List.of(),
                                    false),
                            Optional.empty(),
                            EvaluationRequest.Access.READ,
                            "/",
                            "",
                            List.of(),
                            Optional.empty(),
                            0,
                            false,
                            Optional.empty()),
                    "/");

    private Coverage() {}

    /** Whether a pattern without variables fits a path. */
    static boolean ofPath(PathPattern wide, String path) {
        return !wide.hasVariables() && wide.fit(new PathText(path), NONE) == Fit.YES;
    }

    static boolean isEverything(PathPattern pattern) {
        return pattern.text().equals("/**") || pattern.text().equals("*");
    }

    static boolean ofPattern(PathPattern wide, PathPattern narrow) {
        if (wide.text().equals(narrow.text()) || isEverything(wide)) {
            return true;
        }
        if (wide.hasVariables()) {
            return false;
        }
        if (narrow.literal().isPresent()) {
            String literal = narrow.literal().get();
            return narrow.isBare()
                    ? wide.isBare() && ofPath(wide, "/" + literal)
                    : ofPath(wide, literal);
        }
        // `/opt/**` fits whatever begins with `/opt/`.
        return wide.text().equals(wide.prefix() + "**")
                && wide.prefix().endsWith("/")
                && narrow.prefix().startsWith(wide.prefix());
    }

    static boolean ofApplication(AppEntry wide, AppEntry narrow) {
        if (wide instanceof AppEntry.Any || wide.equals(narrow)) {
            return true;
        }
        return wide instanceof AppEntry.Located located
                && (isEverything(located.pattern())
                        || (narrow instanceof AppEntry.Located inner
                                && ofPattern(located.pattern(), inner.pattern())));
    }

    static boolean ofProgram(AppEntry wide, PathPattern narrow) {
        return ofApplication(wide, new AppEntry.Located(narrow));
    }

    static boolean ofRule(CommandRule wide, CommandRule narrow) {
        int length = wide.slots().size();
        boolean lengths =
                wide.open()
                        ? length <= narrow.slots().size()
                        : length == narrow.slots().size() && !narrow.open();
        if (!lengths || !ofPattern(wide.program(), narrow.program())) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!ofSlot(wide.slots().get(i), narrow.slots().get(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean ofSlot(Slot wide, Slot narrow) {
        boolean same = wide.getClass() == narrow.getClass() && wide.text().equals(narrow.text());
        if (wide instanceof Slot.Any || same) {
            return true;
        }
        Set<String> texts = texts(narrow);
        return !texts.isEmpty() && texts.stream().allMatch(text -> fits(wide, text));
    }

    private static boolean fits(Slot wide, String text) {
        if (wide instanceof Slot.Regex regex) {
            return regex.pattern().matches(text);
        }
        return texts(wide).contains(text);
    }

    /** The few texts that a slot stands for; none when they are not few. */
    private static Set<String> texts(Slot slot) {
        if (slot instanceof Slot.Literal literal) {
            return Set.of(literal.value());
        }
        return slot instanceof Slot.OneOf oneOf ? oneOf.values() : Set.of();
    }
}
