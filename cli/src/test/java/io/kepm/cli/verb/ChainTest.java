package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.Checkpoint;
import io.kepm.api.audit.Csv;
import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChainTest {

    private final Bench bench = new Bench();
    private final List<AuditEntry> chain = chain(5);

    @BeforeEach
    void answers() {
        page("GET /api/audit?limit=500", chain.subList(0, 2), "2");
        page("GET /api/audit?after=2&limit=500", chain.subList(2, 5), "null");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_agent_verifies_its_own_store() {
        verification(
                "{\"intact\":true,\"records\":5,\"head\":\"ab\",\"firstBad\":\"\",\"anchored\":false}");
        Outcome outcome = bench.run("audit verify");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        intact: 5 records, each follows the one before it
                          head  ab
                        not anchored: a replacement of the whole store by an older copy would not show
                        """);
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void a_broken_chain_names_the_first_bad_record() {
        verification(
                "{\"intact\":false,\"records\":2,\"head\":\"ab\",\"firstBad\":\"record 3 was edited\","
                        + "\"anchored\":false}");
        Outcome outcome = bench.run("audit verify");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        BROKEN: record 3 was edited
                          intact before it  2
                          head              ab
                        """);
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(bench.run("audit verify", "--json").out()).startsWith("{\"intact\":false,");
    }

    @Test
    void not_knowing_is_neither_intact_nor_broken() {
        bench.agent().answers("GET /api/audit/verify", 500, "{\"detail\":\"the store is away\"}");
        assertThat(bench.run("audit verify"))
                .isEqualTo(new Outcome(2, "", "kepm: the store is away\n"));
        verification("{}");
        assertThat(bench.run("audit verify").exit()).isEqualTo(2);
        assertThat(bench.run("audit verify", "--file=/none").err())
                .isEqualTo("kepm: could not check `/none`: no such file or directory\n");
        assertThat(bench.words(List.of("audit", "verify", "--socket=/none")).exit()).isEqualTo(125);
        Outcome backend = bench.run("audit verify", "--backend");
        assertThat(backend.err()).contains("no backend", "--anchor");
        assertThat(backend.exit()).isEqualTo(2);
    }

    @Test
    void an_export_is_the_chain_itself_and_verifies_without_an_agent() throws IOException {
        Path file = bench.folder().resolve("export.jsonl");
        assertThat(bench.run("audit export", "--file", file.toString()).out())
                .isEqualTo("5 records in " + file + "\n");
        assertThat(Files.readString(file)).isEqualTo(lines(chain));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Outcome outcome = bench.run("audit verify", "-f", file.toString());
        assertThat(outcome.out())
                .isEqualTo(
                        "intact: 5 records, each follows the one before it\n  signed checkpoints  0\n"
                                + "  head                "
                                + chain.get(4).hash()
                                + "\nnot signed: there is no checkpoint in the file, whoever wrote it"
                                + " may have made it up\nnot anchored: records cut off at either end of the file would not show\n");
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void an_export_goes_to_standard_output_and_never_over_a_file() throws IOException {
        assertThat(bench.run("audit export").out()).isEqualTo(lines(chain));
        Path file = Files.writeString(bench.folder().resolve("mine"), "mine");
        Outcome outcome = bench.run("audit export", "--file", file.toString());
        assertThat(outcome.err())
                .isEqualTo("kepm: could not write `" + file + "`: it exists already\n");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(Files.readString(file)).isEqualTo("mine");
    }

    @Test
    void ab_97_csv_and_cef_have_one_line_for_each_record_whatever_it_holds() throws IOException {
        String csv = bench.run("audit export", "--format", "csv").out();
        assertThat(csv.lines().toList()).hasSize(6).first().isEqualTo(Csv.header());
        assertThat(csv)
                .contains("\"älice\",\"1001\"")
                .contains("\"one\\x0atwo \\u{202e} \\x9b\"")
                .contains("\"" + chain.get(4).hash() + "\",\"details.prev_hash=x\"");
        String cef = bench.run("audit export", "--format=cef").out();
        assertThat(cef.lines().toList())
                .hasSize(5)
                .allMatch(line -> line.startsWith("CEF:0|KEPM|agent|0.1.0|ELEVATION_STARTED|"));
        assertThat(cef)
                .contains(" suser=älice ")
                .contains(" reason=one\\\\x0atwo ")
                .contains(" cs1=" + chain.get(4).hash() + " ");
        Path file = bench.folder().resolve("export.csv");
        bench.run("audit export", "--format=csv", "--file", file.toString());
        assertThat(Files.readString(file)).isEqualTo(csv);
        Outcome outcome = bench.run("audit export", "--format=xml");
        assertThat(outcome.err()).isEqualTo("kepm: --format `xml`: json, csv or cef is allowed\n");
        assertThat(outcome.exit()).isEqualTo(2);
    }

    @Test
    void an_agent_that_repeats_itself_does_not_fill_the_disk() {
        page("GET /api/audit?after=2&limit=500", chain.subList(0, 2), "2");
        Outcome outcome = bench.run("audit export");
        assertThat(outcome.err()).contains("record 1 after record 2");
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void a_page_without_records_is_not_the_end_of_an_export() {
        String asked = "GET /api/audit?type=ELEVATION_STARTED&";
        page(asked + "limit=500", List.of(), "4000");
        page(asked + "after=4000&limit=500", List.of(), "8000");
        page(asked + "after=8000&limit=500", chain, "null");
        assertThat(bench.run("audit export", "--type=ELEVATION_STARTED").err())
                .contains("record 1 after record 8000");
        page(asked + "limit=500", chain.subList(0, 2), "3");
        page(asked + "after=3&limit=500", chain.subList(3, 5), "null");
        assertThat(bench.run("audit export", "--type=ELEVATION_STARTED").out())
                .isEqualTo(lines(chain.subList(0, 2)) + lines(chain.subList(3, 5)));
    }

    @Test
    void an_auditor_whose_turn_it_is_not_waits_for_it() {
        bench.agent()
                .once("GET /api/audit?after=2", 429, "{\"status\":429,\"detail\":\"too often\"}");
        assertThat(bench.run("audit export").out()).isEqualTo(lines(chain));
    }

    @Test
    void pages_that_are_too_large_are_asked_for_in_parts() {
        bench.agent()
                .raw(
                        "GET /api/audit?limit=500",
                        "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
        page("GET /api/audit?limit=250", chain, "null");
        assertThat(bench.run("audit export").out()).isEqualTo(lines(chain));
    }

    @Test
    void a_file_that_was_edited_reordered_or_cut_in_the_middle_is_broken() throws IOException {
        String whole = lines(chain);
        String second = chain.get(1).exported() + "\n";
        broken(whole.replace("ALLOW-3", "DENY--3"), "record 3 was edited");
        broken(whole.replace(second, ""), "record 2 is missing");
        broken(second + whole.replace(second, ""), "record 3 is missing");
        broken(whole.replace(second, second + second), "record 3 is missing");
        broken(whole.replace(second, "garbage\n"), "line 2: line 1, column");
        broken(whole.replace("\"seq\":2,", "\"seq\":2,\"seq\":2,"), "Duplicate");
        broken("\n" + whole, "line 1: it is empty");
    }

    /** Whoever may write the file can make up a chain: not the signatures in it. */
    @Test
    void ab_105_a_chain_that_was_made_up_is_told_by_its_checkpoints() throws Exception {
        KeyPair agents = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair others = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path file = bench.folder().resolve("signed");
        Files.writeString(file, lines(signed("ALLOW", agents, agents)));
        Outcome outcome = bench.run("audit verify", "-f", file.toString());
        assertThat(outcome.out())
                .startsWith("intact: 4 records")
                .contains("signed checkpoints  2\n", "signed up to        3\n", base64(agents))
                .doesNotContain("not signed");
        assertThat(outcome.exit()).isZero();
        assertThat(verifiedBy(file, agents).exit()).isZero();

        assertThat(verifiedBy(file, others).out())
                .contains("BROKEN: checkpoint 2 is not signed by the agent's key");
        broken(lines(signed("DENY", agents, others)), "checkpoint 4 is not signed by the agent");
        broken(lines(rechained("DENY", signed("ALLOW", agents, agents))), "checkpoint 2 is not");
        assertThat(bench.run("audit verify", "--key=abc", "-f", file.toString()).exit())
                .isEqualTo(2);
    }

    /** To leave the checkpoints out is as easy as to make up a chain. */
    @Test
    void ab_105_what_the_given_key_does_not_stand_for_is_not_intact() throws Exception {
        KeyPair agents = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path file = bench.folder().resolve("unsigned");
        Files.writeString(file, lines(chain));
        Outcome outcome = verifiedBy(file, agents);
        assertThat(outcome.out()).startsWith("BROKEN: no checkpoint in it is signed by that key\n");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(bench.run("audit verify", "--key", base64(agents), "-a", file.toString()))
                .satisfies(anchor -> assertThat(anchor.err()).contains("no checkpoint in it"))
                .satisfies(anchor -> assertThat(anchor.exit()).isEqualTo(2));

        List<AuditEntry> longer = signed("ALLOW", agents);
        while (longer.size() < 2 + ExportCheck.MOST_UNSIGNED) {
            add(longer, AuditDraft.of(AuditType.ELEVATION_STARTED, "ALLOW").build());
        }
        Files.writeString(file, lines(longer));
        assertThat(verifiedBy(file, agents).exit()).isZero();
        add(longer, AuditDraft.of(AuditType.ELEVATION_STARTED, "ALLOW").build());
        Files.writeString(file, lines(longer));
        assertThat(verifiedBy(file, agents).out())
                .startsWith("BROKEN: records after 2 are signed by nobody\n");
        assertThat(verifiedBy(file, agents).exit()).isEqualTo(1);
    }

    @Test
    void a_key_is_for_an_export() throws Exception {
        KeyPair agents = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Outcome outcome = bench.run("audit verify", "--key", base64(agents));
        assertThat(outcome.err())
                .isEqualTo("kepm: --key is for an export: name it with --file or --anchor\n");
        assertThat(outcome.exit()).isEqualTo(2);
        Path file = Files.writeString(bench.folder().resolve("export"), lines(chain));
        assertThat(bench.run("audit verify", "--key=", "-f", file.toString()).exit()).isEqualTo(2);
    }

    private Outcome verifiedBy(Path file, KeyPair pair) {
        return bench.run("audit verify", "--key", base64(pair), "-f", file.toString());
    }

    private static String base64(KeyPair pair) {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }

    /** A record and a checkpoint, twice, each checkpoint by a key. */
    private static List<AuditEntry> signed(String outcome, KeyPair... pairs) throws Exception {
        List<AuditEntry> chain = new ArrayList<>();
        for (KeyPair pair : pairs) {
            add(chain, AuditDraft.of(AuditType.ELEVATION_STARTED, outcome).build());
            AuditEntry last = chain.get(chain.size() - 1);
            add(
                    chain,
                    Checkpoint.signed(
                                    new AuditPlace(last.seq(), last.hash()),
                                    "agent",
                                    pair.getPrivate(),
                                    pair.getPublic())
                            .build());
        }
        return chain;
    }

    /** The first record is another one, and every hash after it fits: as a forger would have it. */
    private static List<AuditEntry> rechained(String outcome, List<AuditEntry> chain) {
        List<AuditEntry> forged = new ArrayList<>();
        for (AuditEntry entry : chain) {
            String before =
                    forged.isEmpty() ? AuditChain.GENESIS : forged.get(forged.size() - 1).hash();
            String json =
                    entry.json()
                            .replaceFirst(
                                    "\"prev_hash\":\"[0-9a-f]*\"",
                                    "\"prev_hash\":\"" + before + "\"")
                            .replace("\"outcome\":\"ALLOW\"", "\"outcome\":\"" + outcome + "\"");
            forged.add(
                    new AuditEntry(
                            entry.seq(), entry.time(), entry.type(), json, AuditChain.hash(json)));
        }
        return forged;
    }

    private static void add(List<AuditEntry> chain, AuditDraft draft) {
        String before = chain.isEmpty() ? AuditChain.GENESIS : chain.get(chain.size() - 1).hash();
        int seq = chain.size() + 1;
        chain.add(AuditChain.seal(draft, seq, "id" + seq, Bench.NOW, "agent", "0.1.0", before));
    }

    @Test
    void a_part_of_an_export_says_where_it_begins() throws IOException {
        Path file = bench.folder().resolve("part");
        Files.writeString(file, lines(chain.subList(2, 5)));
        Outcome outcome = bench.run("audit verify", "-f", file.toString());
        assertThat(outcome.out()).contains("intact: 3 records").contains("begins with         3\n");
        assertThat(outcome.exit()).isZero();
    }

    private void broken(String content, String why) throws IOException {
        Path file = Files.writeString(bench.folder().resolve("broken"), content);
        Outcome outcome = bench.run("audit verify", "-f", file.toString());
        assertThat(outcome.out()).startsWith("BROKEN: ").contains(why);
        assertThat(outcome.exit()).isEqualTo(1);
    }

    private void verification(String json) {
        bench.agent().answers("GET /api/audit/verify", json);
    }

    private void page(String start, List<AuditEntry> entries, String next) {
        bench.agent()
                .answers(
                        start,
                        "{\"items\":"
                                + entries.stream()
                                        .map(AuditEntry::exported)
                                        .collect(Collectors.joining(",", "[", "]"))
                                + ",\"next\":"
                                + next
                                + ",\"limit\":500}");
    }

    private static String lines(List<AuditEntry> entries) {
        return entries.stream().map(entry -> entry.exported() + "\n").collect(Collectors.joining());
    }

    private static List<AuditEntry> chain(int length) {
        List<AuditEntry> chain = new ArrayList<>();
        String previous = AuditChain.GENESIS;
        for (int seq = 1; seq <= length; seq++) {
            AuditEntry entry =
                    AuditChain.seal(
                            AuditDraft.of(AuditType.ELEVATION_STARTED, "ALLOW-" + seq)
                                    .user(AuditDraft.UserInfo.of("älice", 1001))
                                    .reason("one\ntwo \u202e \u009b")
                                    .detail("prev_hash", "x")
                                    .build(),
                            seq,
                            "id" + seq,
                            Bench.NOW,
                            "agent",
                            "0.1.0",
                            previous);
            chain.add(entry);
            previous = entry.hash();
        }
        return chain;
    }
}
