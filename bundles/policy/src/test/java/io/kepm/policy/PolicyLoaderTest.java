package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class PolicyLoaderTest {

    private static final int FILES = 40;
    private static final int EACH = 100;

    private static String policy(int number) {
        return TestSet.allow("p" + number, "'ApplicationCheck':['/opt/tool" + number + "']")
                .replace('\'', '"');
    }

    private static String file(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(PolicyLoaderTest::policy)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static PolicyText text(String name, String content) {
        return new PolicyText(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Enough for two readers. */
    private static List<PolicyText> many() {
        List<PolicyText> texts = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            texts.add(text("f" + i + ".json", file(i * EACH, (i + 1) * EACH)));
        }
        return texts;
    }

    @RepeatedTest(3)
    void what_two_threads_read_is_what_one_reads() {
        Faults faults = new Faults();
        PolicySet two = PolicyLoader.load(many(), faults);
        List<PolicyText> single = List.of(text("all.json", file(0, FILES * EACH)));
        PolicySet one = PolicyLoader.load(single, faults);
        assertThat(faults.list()).isEmpty();
        assertThat(two.policies()).hasSize(FILES * EACH);
        assertThat(two.sha256()).isEqualTo(one.sha256());
        assertThat(two.policies().stream().map(PolicyDocument::id))
                .containsExactlyElementsOf(
                        one.policies().stream().map(PolicyDocument::id).toList());
    }

    @RepeatedTest(3)
    void ab_80_faults_are_told_in_the_order_of_the_files_whoever_read_them() {
        List<PolicyText> texts = many();
        for (int i = 3; i < FILES; i += 5) {
            texts.set(i, text("f" + i + ".json", "{"));
        }
        texts.add(text("last.json", policy(0)));
        Faults faults = new Faults();
        assertThat(PolicyLoader.load(texts, faults)).isSameAs(PolicySet.EMPTY);
        List<String> files = faults.list().stream().map(Fault::file).toList();
        List<String> expected = new ArrayList<>();
        for (int i = 3; i < FILES; i += 5) {
            expected.add("f" + i + ".json");
        }
        expected.add("last.json");
        assertThat(files).isEqualTo(expected);
    }

    @Test
    void very_many_faults_of_several_files_are_counted() {
        List<PolicyText> texts = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            texts.add(text("f" + i + ".json", "[" + "1,".repeat(EACH) + "1]"));
        }
        Faults faults = new Faults();
        PolicyLoader.load(texts, faults);
        assertThat(faults.count()).isEqualTo(FILES * (EACH + 1));
        assertThat(faults.list()).hasSize(101);
        assertThat(faults.list().get(100).message())
                .isEqualTo(FILES * (EACH + 1) - 100 + " further faults are not listed");
    }

    @Test
    void ab_83_a_set_has_at_most_64_mib_and_200000_policies() {
        PolicyText mib = new PolicyText("f.json", new byte[JsonText.MAX_BYTES]);
        assertThat(faults(Collections.nCopies(65, mib)))
                .containsExactly("the policy files are larger than 64 MiB together");
        List<PolicyText> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add(text("f" + i + ".json", sleeping(i * 10_000, (i + 1) * 10_000)));
        }
        texts.add(text("last.json", sleeping(200_000, 200_001)));
        assertThat(faults(texts)).containsExactly("last.json: more than 200000 policies in all");
    }

    private static List<String> faults(List<PolicyText> texts) {
        Faults faults = new Faults();
        PolicyLoader.load(texts, faults);
        return faults.list().stream().map(Fault::text).toList();
    }

    /** Of few bytes each. */
    private static String sleeping(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(
                        i ->
                                "{\"PolicyId\":\""
                                        + i
                                        + "\",\"PolicyName\":\"n\",\"PolicyType\":\"CommandLine\","
                                        + "\"Status\":\"off\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
