package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.OfflineChallenge;
import io.kepm.api.elevation.OfflineKey;
import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OfflineCodeTest {

    private static final String ID = "0a1b2c3d-1111-2222-3333-444455556666";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private String siteKey() {
        String file = bench.folder().resolve("site.key").toString();
        assertThat(bench.run("offline-code key", file).exit()).isZero();
        return file;
    }

    @Test
    void an_approver_answers_a_challenge_without_an_agent() throws Exception {
        String file = siteKey();
        OfflineKey site = OfflineKey.parse(Files.readString(Path.of(file))).orElseThrow();
        OfflineChallenge challenge = made("alice", "root", "/usr/bin/id", "-u");
        String read = challenge.text().toLowerCase(java.util.Locale.ROOT);
        Outcome outcome = answer(file, read, "alice", "root", "/usr/bin/id", "-u");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).matches("([0-9A-Z]{4}-){2}[0-9A-Z]{4}\n");
        OfflineKey key = site.ofMachine("0123456");
        OfflineChallenge.Command told = command("alice", "root", "/usr/bin/id", "-u");
        assertThat(key.isAnswer(challenge, told, outcome.out().strip())).isTrue();
        assertThat(bench.agent().asked()).isEmpty();
    }

    private static OfflineChallenge made(String user, String runAs, String... words) {
        return OfflineChallenge.of("0123456", 7, "ab".repeat(32), ID, command(user, runAs, words));
    }

    private static OfflineChallenge.Command command(String user, String runAs, String... words) {
        return new OfflineChallenge.Command(user, runAs, List.of(words));
    }

    private Outcome answer(String key, String read, String user, String runAs, String... words) {
        List<String> all =
                new ArrayList<>(List.of("-k", key, "-c", read, "-u", user, "-r", runAs, "--"));
        all.addAll(List.of(words));
        return bench.run("offline-code answer", all.toArray(new String[0]));
    }

    @Test
    void ab_99_there_is_no_code_for_another_command_than_the_approver_was_told() {
        String file = siteKey();
        String read = made("alice", "root", "/usr/bin/sh", "-c", "id").text();
        for (Outcome other :
                List.of(
                        answer(file, read, "alice", "root", "/usr/bin/id"),
                        answer(file, read, "alice", "root", "/usr/bin/sh", "-c id"),
                        answer(file, read, "alice", "bob", "/usr/bin/sh", "-c", "id"),
                        answer(file, read, "bob", "root", "/usr/bin/sh", "-c", "id"))) {
            assertThat(other.exit()).isEqualTo(1);
            assertThat(other.out()).isEmpty();
            assertThat(other.err()).contains("made for something else");
        }
        assertThat(answer(file, read, "alice", "root", "/usr/bin/sh", "-c", "id").exit()).isZero();
    }

    @Test
    void ab_99_a_code_is_bound_to_what_the_approver_typed_and_not_to_its_marks() throws Exception {
        String file = siteKey();
        OfflineChallenge wanted = made("alice", "root", "/usr/bin/bash");
        int i = 0;
        while (!wanted.isFor(command("alice", "root", "/usr/bin/id", "ticket-" + i))) {
            i++;
        }
        Outcome outcome =
                answer(file, wanted.text(), "alice", "root", "/usr/bin/id", "ticket-" + i);
        OfflineKey key =
                OfflineKey.parse(Files.readString(Path.of(file)))
                        .orElseThrow()
                        .ofMachine("0123456");
        assertThat(outcome.exit()).isZero();
        assertThat(key.isAnswer(wanted, command("alice", "root", "/usr/bin/bash"), outcome.out()))
                .isFalse();
    }

    @Test
    void the_key_of_a_machine_follows_from_the_sites_and_is_its_own() throws Exception {
        String file = siteKey();
        String line = bench.run("offline-code machine-key", "-k", file, "3F7K-2QA").out().strip();
        OfflineKey key = OfflineKey.parse(line).orElseThrow();
        assertThat(key.machine()).isEqualTo("3F7K2QA");
        assertThat(key.isOfSite()).isFalse();
        String other = bench.run("offline-code machine-key", "-k", file, "3F7K2QB").out();
        assertThat(other.strip()).isNotEqualTo(line);
    }

    @Test
    void ab_99_a_key_that_others_can_read_is_not_used_and_none_is_written_over() throws Exception {
        String file = siteKey();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))))
                .isEqualTo("rw-------");
        assertThat(bench.run("offline-code key", file).err()).contains("it exists already");
        Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-r-----"));
        Outcome open = bench.run("offline-code machine-key", "-k", file, "3F7K2QA");
        assertThat(open.exit()).isEqualTo(1);
        assertThat(open.err()).contains("others can read").contains("chmod 0600");
    }

    @Test
    void a_typing_error_in_a_challenge_is_found_before_a_wrong_code_is_read_out() {
        String file = siteKey();
        String right = made("alice", "root", "/usr/bin/id").text();
        for (String typed :
                new String[] {
                    "", "x", right.substring(1), right.replaceFirst("0", "1"), right + "0"
                }) {
            Outcome outcome = answer(file, typed, "alice", "root", "/usr/bin/id");
            assertThat(outcome.exit()).as(typed).isEqualTo(2);
            assertThat(outcome.err()).contains("is no challenge");
        }
        assertThat(bench.run("offline-code machine-key", "-k", file, "../x").err())
                .contains("is not the name of a machine");
    }

    @Test
    void root_brings_the_key_in_from_a_file_and_it_is_not_shown() throws Exception {
        String file = siteKey();
        Path machine = bench.folder().resolve("machine.key");
        Files.writeString(
                machine, bench.run("offline-code machine-key", "-k", file, "3F7K2QA").out());
        bench.agent()
                .answers(
                        "POST /api/offline-key",
                        "{\"machine\":\"3F7K2QA\",\"hasKey\":true,\"fingerprint\":\"ABCD-EFGH\"}");
        Outcome outcome = bench.run("offline-code import", machine.toString());
        assertThat(outcome.out()).isEqualTo("machine 3F7K2QA takes codes; its key is ABCD-EFGH\n");
        assertThat(bench.agent().asked())
                .last()
                .asString()
                .contains("{\"key\":\"kepm-machine-key-1 3F7K2QA ");
        assertThat(bench.run("offline-code import", "/nonexistent").err()).contains("no such file");
        bench.agent()
                .answers(
                        "GET /api/offline-key",
                        "{\"machine\":\"3F7K2QA\",\"hasKey\":false,\"fingerprint\":\"\"}");
        assertThat(bench.run("offline-code status").out()).contains("takes no codes");
    }

    @Test
    void who_asked_reads_the_challenge_and_types_the_answer() {
        bench.agent()
                .answers(
                        "POST /api/requests/0a1b2c/challenge",
                        "{\"challenge\":\"AAAA-\\u001b[2JBBBB\",\"request\":{\"id\":\""
                                + ID
                                + "\",\"user\":\"alice\",\"runAs\":\"bob\",\"path\":\"/usr/bin/sh\","
                                + "\"argv\":[\"sh\",\"-c\",\"id; id\"]}}");
        Outcome read = bench.run("offline-code challenge", "0a1b2c");
        assertThat(read.out())
                .contains("--user alice --run-as bob -- /usr/bin/sh -c 'id; id'")
                .contains(
                        "Read both lines to the approver",
                        "AAAA-",
                        "kepm offline-code enter 0a1b2c3d")
                .doesNotContain("\u001b");
        bench.agent()
                .answers(
                        "POST /api/requests/0a1b2c3d/answer",
                        "{\"id\":\"" + ID + "\",\"state\":\"Approved\"}");
        bench.typing("0123-4567-89ab\n");
        Outcome entered = bench.run("offline-code enter", "0a1b2c3d");
        assertThat(entered.out()).isEqualTo("request 0a1b2c3d is now Approved\n");
        assertThat(bench.agent().asked()).last().asString().contains("0123-4567-89ab");
        assertThat(bench.run("offline-code enter", "../x").exit()).isEqualTo(2);
    }

    @Test
    void a_code_that_is_wrong_says_how_many_tries_are_left() {
        bench.agent()
                .answers(
                        "POST /api/requests/0a1b2c3d/answer",
                        409,
                        "{\"detail\":\"wrong code; 4 tries are left\"}");
        Outcome wrong = bench.run("offline-code enter", "--code", "x", "0a1b2c3d");
        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.err()).contains("4 tries are left");
    }
}
