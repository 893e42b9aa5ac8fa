package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Redirects against the plain reading of policy.md §7: one rule after the other. */
class RedirectRulesPropertyTest {

    /** One rule as it is written. */
    private record Written(String source, Optional<String> line, boolean nonAdmins, String target) {

        String json() {
            return "{'sourceExePattern':'"
                    + source
                    + "'"
                    + line.map(text -> ",'commandLinePattern':'" + text + "'").orElse("")
                    + ",'elevationOnly':true,'nonAdminOnly':"
                    + nonAdmins
                    + ",'targetExe':'"
                    + target
                    + "'}";
        }

        boolean fits(Ask ask, boolean administrator) {
            String argv = String.join(" ", ask.request().target().argv());
            boolean named =
                    found(source, ReferenceEvaluator.base(ask.request().target().path()))
                            || found(
                                    source,
                                    ReferenceEvaluator.base(ask.request().target().realPath()));
            return named && found(line.orElse(""), argv) && !(nonAdmins && administrator);
        }

        private static boolean found(String expression, String text) {
            return Pattern.compile(expression).matcher(text).find();
        }
    }

    @Property(tries = 2000)
    void the_first_rule_that_fits_is_the_answer(@ForAll long seed) {
        Random random = new Random(seed);
        List<Written> written = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            written.add(
                    new Written(
                            any(random, "^b$", "b", "^(x|a)$", "é", "tool|b", "c"),
                            random.nextBoolean()
                                    ? Optional.empty()
                                    : Optional.of(any(random, "", "x", "^tool x", " x y$", "z")),
                            random.nextBoolean(),
                            "/opt/" + i));
        }
        boolean enabled = random.nextInt(5) > 0;
        String json =
                "{'id':'RedirectEvaluator','metadata':{'redirect':{'enabled':"
                        + enabled
                        + ",'rules':["
                        + String.join(",", written.stream().map(Written::json).toList())
                        + "]}}}";
        Faults faults = new Faults();
        RedirectRules rules =
                RedirectRules.parse(
                        json.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                        new Place(faults, "r", "", ""));
        assertThat(faults.list()).isEmpty();

        Ask ask = new RandomRequests(random).ask("elevation");
        boolean administrator = random.nextBoolean();
        Optional<String> expected =
                written.stream()
                        .filter(rule -> enabled && rule.fits(ask, administrator))
                        .map(Written::target)
                        .findFirst();
        assertThat(rules.of(ask.request(), administrator).map(redirect -> redirect.target()))
                .as(json)
                .isEqualTo(expected);
    }

    private static String any(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }
}
