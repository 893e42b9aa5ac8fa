package io.kepm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.text.Messages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class QuickLineTest {

    @Test
    void usual_lines_need_no_library() {
        for (String line :
                List.of(
                        "status",
                        "status --json",
                        "list -u alice",
                        "audit list --type=X --limit 5",
                        "audit show 42",
                        "govern --yes alice",
                        "policy explain --user alice ls /tmp",
                        "run ls")) {
            assertThat(quick(line.split(" "))).as(line).isPresent();
        }
    }

    @Property(tries = 500)
    void what_is_read_quickly_is_what_the_library_reads(
            @ForAll("verbs") String verb, @ForAll("words") List<String> words) throws Fault {
        Optional<Given> quick = QuickLine.read(usage(verb), words);
        if (quick.isPresent()) {
            Given slow = new Grammar(Messages.of("en"), verb, usage(verb)).parse(words);
            assertThat(slow).isEqualTo(quick.get());
        }
    }

    @Provide
    Arbitrary<String> verbs() {
        return Arbitraries.of(Verbs.NAMES);
    }

    @Provide
    Arbitrary<List<String>> words() {
        Arbitrary<String> known =
                Arbitraries.of(
                        "--json",
                        "--user",
                        "--user=bob",
                        "-u",
                        "-ubob",
                        "--yes",
                        "-y",
                        "--limit",
                        "5",
                        "--limit=5",
                        "--type=a=b",
                        "--type=",
                        "--file",
                        "-f",
                        "x",
                        "a b",
                        "",
                        "--",
                        "-",
                        "@x",
                        "-m",
                        "why",
                        "--help",
                        "--json=true",
                        "--plan",
                        "-hy",
                        "\"q\"",
                        "'q'",
                        "${x}",
                        "--use",
                        "ls");
        return known.list().ofMaxSize(5);
    }

    private static Usage usage(String verb) {
        Usage usage = new Usage();
        Verbs.find(verb).orElseThrow().declare(usage);
        return usage;
    }

    private static Optional<Given> quick(String... words) {
        boolean group = Verbs.isGroup(words[0]);
        List<String> rest =
                new ArrayList<>(Arrays.asList(words)).subList(group ? 2 : 1, words.length);
        return QuickLine.read(usage(group ? words[0] + " " + words[1] : words[0]), rest);
    }
}
