package io.kepm.policy;

import com.google.re2j.Pattern;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which commands are answered with another program, in the order of the file; the first that fits
 * counts. Immutable, for any number of threads.
 */
record RedirectRules(List<Rule> rules) {

    static final RedirectRules NONE = new RedirectRules(List.of());

    RedirectRules {
        rules = List.copyOf(rules);
    }

    /**
     * One rule; its expressions fit when they are found anywhere.
     *
     * @param nonAdminOnly spares administrators
     */
    record Rule(Pattern program, Pattern commandLine, boolean nonAdminOnly, Redirect substitute) {}

    /** The substitute of a request for elevation. */
    Optional<Redirect> of(EvaluationRequest request, boolean administrator) {
        EvaluationRequest.Target target = request.target();
        String line = String.join(" ", target.argv());
        for (Rule rule : rules) {
            boolean program =
                    rule.program().matcher(name(target.path())).find()
                            || rule.program().matcher(name(target.realPath())).find();
            if (program
                    && rule.commandLine().matcher(line).find()
                    && !(rule.nonAdminOnly() && administrator)) {
                return Optional.of(rule.substitute());
            }
        }
        return Optional.empty();
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The rules of a plugin document; of no use when the place was told of faults. */
    static RedirectRules parse(byte[] bytes, Place place) {
        List<Rule> rules = new ArrayList<>();
        JsonText.read(bytes, place)
                .flatMap(node -> Members.of(node, place))
                .flatMap(plugin -> plugin.object("metadata"))
                .flatMap(metadata -> metadata.object("redirect"))
                .ifPresent(redirect -> parse(redirect, rules));
        return new RedirectRules(rules);
    }

    private static void parse(Members redirect, List<Rule> rules) {
        boolean enabled = redirect.flag("enabled", true);
        List<com.fasterxml.jackson.databind.JsonNode> items = redirect.items("rules");
        for (int i = 0; i < items.size(); i++) {
            Place at = redirect.place("rules").item(i);
            Members.of(items.get(i), at).flatMap(RedirectRules::rule).ifPresent(rules::add);
        }
        redirect.refuseOthers();
        if (!enabled) {
            rules.clear();
        }
    }

    private static Optional<Rule> rule(Members rule) {
        String source = rule.requiredText("sourceExePattern");
        String line = rule.text("commandLinePattern").orElse("");
        // Only elevations come here; the field is read so that it is not unknown.
        rule.flag("elevationOnly", true);
        boolean nonAdminOnly = rule.flag("nonAdminOnly", false);
        String target = rule.requiredText("targetExe");
        String arguments = rule.text("targetArguments").orElse("");
        rule.refuseOthers();
        if (source.isEmpty()) {
            rule.place("sourceExePattern").refuse("an expression is expected");
        }
        if (!PathText.isCanonical(target) || Texts.hasControl(target + arguments)) {
            rule.place("targetExe").refuse("an absolute, canonical path is expected");
        }
        Optional<Pattern> program = RegexSize.compile(source, rule.place("sourceExePattern"));
        Optional<Pattern> commandLine = RegexSize.compile(line, rule.place("commandLinePattern"));
        return program.isPresent() && commandLine.isPresent()
                ? Optional.of(
                        new Rule(
                                program.get(),
                                commandLine.get(),
                                nonAdminOnly,
                                new Redirect(target, arguments, "")))
                : Optional.empty();
    }
}
