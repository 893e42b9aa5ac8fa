package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is spared when words are looked at, the answer is that of the plain way. */
class ProtectedPathsPropertyTest {

    private static final ProtectedList LIST = ProtectedList.shipped();
    private static final TestSet OPEN = TestSet.of(TestSet.allow("a", "'ApplicationCheck':['*']"));

    @Property(tries = 4000)
    void ab_112_a_word_is_protected_when_the_path_that_it_means_is(
            @ForAll("words") String word, @ForAll("folders") String cwd) {
        boolean denied =
                OPEN.why(Ask.command("/usr/bin/id", word).cwd(cwd)).equals("DENY guard:protected");
        int equals = word.indexOf('=');
        boolean expected =
                isProtected(PathText.normalised(cwd, word))
                        // Here the word stands for where its path leads, too.
                        || (word.startsWith("/") && isProtected(word))
                        || (equals >= 0
                                && isProtected(
                                        PathText.normalised(cwd, word.substring(equals + 1))));
        assertThat(denied).as("%s in %s", word, cwd).isEqualTo(expected);
    }

    private static boolean isProtected(String path) {
        return LIST.paths().stream()
                .anyMatch(
                        own ->
                                path.equals(own)
                                        || PathText.isBeneath(path, own)
                                        || PathText.isBeneath(own, path));
    }

    @Provide
    Arbitrary<String> words() {
        Arbitrary<String> segments =
                Arbitraries.of(
                        "etc",
                        "kepm",
                        "sudoers",
                        "sudoers.d",
                        "var",
                        "lib",
                        "home",
                        "alice",
                        "opt",
                        "keeper",
                        "run",
                        "..",
                        ".",
                        "",
                        "etcx",
                        "a..b",
                        "...",
                        "of=",
                        "=");
        return Combinators.combine(
                        Arbitraries.of("", "/", "./", "--x=", "if=/", "="),
                        segments.list().ofMaxSize(5))
                .as((head, parts) -> head + String.join("/", parts));
    }

    @Provide
    Arbitrary<String> folders() {
        return Arbitraries.of(
                "/",
                "/etc",
                "/etc/kepm",
                "/etc/cron.d",
                "/home/alice",
                "/var",
                "/var/lib",
                "/var/lib/kepm/x",
                "/opt",
                "/tmp",
                "/usr");
    }
}
