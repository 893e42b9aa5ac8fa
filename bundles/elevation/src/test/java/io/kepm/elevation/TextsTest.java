package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.text.Catalogue;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TextsTest {

    /** Keys are words with dots between them; what is no sentence has none, or blanks. */
    private static final Pattern KEY =
            Pattern.compile(
                    "\"((?:refused|condition|carriage|fault|factor|reason|confirm|approval|notice|desk|codes"
                            + "|news|grant|extension|inside|govern|time)(?:\\.[a-z_]+)+)\"");

    /** Logs, records, causes of faults, metrics. */
    private static final Pattern ELSEWHERE =
            Pattern.compile(
                    "LOG\\.|[rR]eason\\(|Exception\\(|super\\(|Unknown\\(|failed\\(request"
                            + "|changed\\(admin|[mM]etric|ends\\.revoke|revoke\\(request");

    /** Texts that stand on record as they are; some are put into a sentence as a value. */
    private static final Set<String> ON_RECORD =
            Set.of(
                    "GoneAccounts.java",
                    "GroupMirror.java",
                    "Question.java",
                    "Reconciler.java",
                    "SignedTargets.java",
                    "Substitution.java");

    private final Catalogue catalogue = new Catalogue("io.kepm.elevation");

    @Test
    void every_sentence_that_the_code_names_is_there_and_no_other() throws IOException {
        Set<String> named = catalogue.named(KEY);
        Set<String> said = new TreeSet<>();
        for (String key : catalogue.keys()) {
            // Endings that are put together from what is so.
            said.add(
                    key.replaceFirst("\\.(one|many|by)$", "")
                            .replaceFirst("^(approval\\.waiting)\\..*", "$1"));
        }
        named.removeIf(key -> key.endsWith(".by") && said.contains(key.replaceFirst("\\.by$", "")));
        assertThat(named).isEqualTo(said);
    }

    @Test
    void nobody_speaks_past_the_catalogue() throws IOException {
        assertThat(catalogue.spokenPast(ELSEWHERE, ON_RECORD)).isEmpty();
        assertThat(catalogue.spokenPast(ELSEWHERE, Set.of()))
                .contains("SignedTargets.java: the file that will run was not read");
    }
}
