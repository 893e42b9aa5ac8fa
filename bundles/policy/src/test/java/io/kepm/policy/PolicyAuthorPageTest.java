package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the page for authors of policies shows is what happens. */
class PolicyAuthorPageTest {

    private static final Path PAGE = Path.of("../../docs/policy-author.md");
    private static final Pattern BLOCK =
            Pattern.compile("^```json ?(.*)\\n((?s:.*?)\\n)```$", Pattern.MULTILINE);

    @TempDir Path folder;

    /** A block of JSON, what it is said to be, and the line it begins in. */
    record Block(String kind, String text, int line) {}

    private static List<Block> blocks(String page) {
        List<Block> blocks = new ArrayList<>();
        BLOCK.matcher(page)
                .results()
                .forEach(
                        found -> {
                            long before = page.substring(0, found.start()).lines().count();
                            blocks.add(new Block(found.group(1), found.group(2), (int) before + 1));
                        });
        return blocks;
    }

    /** What is wrong with a block; empty when nothing is. */
    private List<String> wrong(Block block) throws IOException {
        Path file =
                Files.writeString(folder.resolve("line-" + block.line() + ".json"), block.text());
        return block.kind().equals("case") ? wrongCases(file) : wrongPolicies(file);
    }

    private static List<String> wrongCases(Path file) {
        CaseFile.Report report = new CaseFile(file).run();
        List<String> wrong = new ArrayList<>(report.faults().stream().map(Fault::text).toList());
        report.results().stream()
                .filter(result -> !result.held())
                .forEach(result -> wrong.add(result.name() + ": " + result.message()));
        if (wrong.isEmpty() && report.results().isEmpty()) {
            wrong.add("no case in it");
        }
        return wrong;
    }

    private static List<String> wrongPolicies(Path file) {
        PolicyCheck.Result result = new PolicyCheck().check(List.of(file), Set.of());
        return Stream.concat(result.errors().stream(), result.warnings().stream())
                .map(Fault::text)
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> every_block_holds() throws IOException {
        return blocks(Files.readString(PAGE)).stream()
                .map(
                        block ->
                                DynamicTest.dynamicTest(
                                        "line " + block.line(),
                                        () -> assertThat(wrong(block)).isEmpty()));
    }

    @Test
    void every_block_of_json_says_what_it_is() throws IOException {
        String page = Files.readString(PAGE);
        List<Block> blocks = blocks(page);
        assertThat(blocks).hasSizeGreaterThan(12).allMatch(b -> b.kind().matches("case|policy"));
        assertThat(page.lines().filter(line -> line.startsWith("```json"))).hasSameSizeAs(blocks);
    }

    @Test
    void a_block_that_says_something_wrong_is_found() throws IOException {
        Block block = blocks(Files.readString(PAGE)).get(0);
        assertThat(wrong(changed(block, "\"ALLOW\", \"policies\"", "\"DENY\", \"policies\"")))
                .singleElement()
                .asString()
                .contains("expected DENY, but was ALLOW");
        assertThat(wrong(changed(block, "UserCheck", "UsrCheck"))).isNotEmpty();
        assertThat(wrong(changed(block, "\"cases\"", "\"policyDir\""))).isNotEmpty();
        assertThat(wrong(new Block("policy", "{\"PolicyId\": \"x\"}", 1))).isNotEmpty();
    }

    private static Block changed(Block block, String from, String to) {
        assertThat(block.text()).contains(from);
        return new Block(block.kind(), block.text().replace(from, to), block.line());
    }

    @Test
    void it_names_every_sample() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(PolicyFiles.in(Path.of("../../etc/policies")))
                .allSatisfy(
                        file ->
                                assertThat(page)
                                        .contains(
                                                "`"
                                                        + file.getFileName()
                                                                .toString()
                                                                .substring(0, 3)));
    }
}
