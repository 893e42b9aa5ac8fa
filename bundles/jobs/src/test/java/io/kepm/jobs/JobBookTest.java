package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kepm.api.jobs.JobStatus;
import io.kepm.api.jobs.Jobs.Outcome;
import io.kepm.api.trust.FileTrust;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Documents on disk: written, changed, refused; and the schema that editors use for them. */
class JobBookTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path ETC = Path.of("../../etc");

    @TempDir Path folder;

    @Test
    void ab_75_documents_take_no_more_memory_together_than_there_is_for_them() throws Exception {
        String large = "{'id':'%s','tasks':[{'command':'echo','arguments':[%s]}]}";
        String filling = "'" + "x".repeat(8000) + "'" + (",'" + "x".repeat(8000) + "'").repeat(24);
        try (TestHouse house = new TestHouse(folder.resolve("full"))) {
            for (int i = 10; i < 55; i++) {
                Files.writeString(
                        folder.resolve("full/Jobs/j" + i + ".json"),
                        large.formatted("j" + i, filling).replace('\'', '"'));
            }
            house.look();
            assertThat(house.jobs().counts().enabled()).isBetween(35, 44);
            assertThat(house.jobs().find("j10").orElseThrow().faults()).isEmpty();
            assertThat(house.jobs().find("j54").orElseThrow().faults().get(0).message())
                    .contains("8 MiB together");
            assertThat(
                            house.jobs()
                                    .add(
                                            large.formatted("more", filling).replace('\'', '"'),
                                            "root")
                                    .faults())
                    .isNotEmpty();
            assertThat(house.jobs().find("more")).isEmpty();
        }
    }

    @Test
    void documents_are_added_changed_and_removed_whole_and_the_watch_knows_for_whom()
            throws Exception {
        try (TestHouse house = new TestHouse(folder)) {
            house.look();
            String json = "{\"id\":\"a\",\"tasks\":[{\"command\":\"echo\"}]}";
            assertThat(house.jobs().add(json, "root").isDone()).isTrue();
            Path file = folder.resolve("Jobs/a.json");
            assertThat(house.written)
                    .containsExactly(
                            "a.json " + ExecCopies.sha256(Files.readAllBytes(file)) + " root");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r-----");
            assertThat(house.jobs().add(json, "root").faults().get(0).message())
                    .contains("there is a job of that id");
            Outcome bad = house.jobs().update("a", json.replace("echo", "bash"), "root");
            assertThat(bad.faults().get(0).path()).isEqualTo("/tasks/0/command");
            assertThat(house.jobs().update("b", json, "root").known()).isFalse();
            assertThat(house.jobs().update("a", json.replace("\"a\"", "\"c\""), "root").isDone())
                    .isFalse();
            assertThat(
                            house.jobs()
                                    .update("a", json.replace("echo", "log-message"), "root")
                                    .isDone())
                    .isTrue();
            assertThat(house.jobs().document("a").orElseThrow()).contains("log-message");
            assertThat(house.jobs().delete("a", "root").isDone()).isTrue();
            assertThat(file).doesNotExist();
            assertThat(house.jobs().delete("a", "root").known()).isFalse();
            assertThat(house.written).hasSize(3).last().isEqualTo("a.json  root");
            assertThat(house.books.records())
                    .as("the watch of all configuration records what changed")
                    .noneMatch(record -> record.startsWith("CONFIGURATION_CHANGED"));
            try (Stream<Path> left = Files.list(folder.resolve("Jobs"))) {
                assertThat(left.map(path -> path.getFileName().toString())).containsExactly("bin");
            }
        }
    }

    @Test
    void a_file_that_becomes_faulty_is_used_no_more_and_told_with_every_fault() throws Exception {
        try (TestHouse house = new TestHouse(folder)) {
            house.job("a", "{'id':'a','tasks':[{'command':'echo'}]}");
            house.job("a", "{'id':'b','tasks':[{'command':'sh'}],'x':1}");
            JobStatus status = house.jobs().find("a").orElseThrow();
            assertThat(status.faults())
                    .extracting(io.kepm.api.jobs.JobFault::path)
                    .containsExactlyInAnyOrder("/id", "/x", "/tasks/0/command");
            assertThat(house.jobs().document("a")).isEmpty();
            assertThat(house.wiring.health().check().detail()).contains("`a`");
            house.job("a", "{'id':'a','tasks':[{'command':'echo'}]}");
            assertThat(house.wiring.health().check().level().word()).isEqualTo("healthy");
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void what_is_no_file_is_told_and_never_waited_for_nor_opened_before_it_is_judged()
            throws Exception {
        try (TestHouse house = new TestHouse(folder)) {
            Path pipe = folder.resolve("Jobs/pipe.json");
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
            Files.createDirectory(folder.resolve("Jobs/folder.json"));
            Files.createSymbolicLink(folder.resolve("Jobs/link.json"), folder.resolve("nowhere"));
            house.job("good", "{'id':'good','tasks':[{'command':'echo'}]}");
            assertThat(fault(house, "pipe")).isEqualTo("not a regular file");
            assertThat(fault(house, "folder")).isEqualTo("not a regular file");
            assertThat(fault(house, "link")).isEqualTo("a link that leads nowhere");
            assertThat(house.jobs().find("good").orElseThrow().faults()).isEmpty();
            JobFolder jobs = new JobFolder(folder.resolve("Jobs"), path -> List.of());
            long before = jobs.print();
            Files.writeString(folder.resolve("Jobs/good.json"), "{}");
            assertThat(jobs.print()).as("beside a link that leads nowhere").isNotEqualTo(before);
            house.violations.add(
                    new FileTrust.Violation(pipe, "others can write to it", "chmod go-w x"));
            house.look();
            assertThat(fault(house, "good"))
                    .as("its content is not looked at")
                    .isEqualTo("others can write to it: repair it with chmod go-w x");
        }
    }

    private static String fault(TestHouse house, String job) {
        assertThat(house.jobs().find(job).orElseThrow().faults()).hasSize(1);
        return house.jobs().find(job).orElseThrow().faults().get(0).message();
    }

    @Test
    void the_print_of_the_folder_changes_with_what_is_in_it() throws Exception {
        Path jobs = Files.createDirectory(folder.resolve("Jobs"));
        JobFolder book = new JobFolder(jobs, path -> List.of());
        long empty = book.print();
        assertThat(book.print()).isEqualTo(empty);
        Files.writeString(jobs.resolve("a.json"), "{}");
        long one = book.print();
        assertThat(one).isNotEqualTo(empty);
        Files.writeString(jobs.resolve("a.json"), "{ }");
        assertThat(book.print()).isNotEqualTo(one);
    }

    private static JsonSchema schema() throws Exception {
        try (InputStream in = Files.newInputStream(ETC.resolve("job.schema.json"))) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
        }
    }

    private static boolean loads(JsonNode job, String id) {
        return DocumentReader.read(job.toString().getBytes(), id).faults().isEmpty();
    }

    @Test
    void the_shipped_jobs_are_used_and_the_schema_takes_them() throws Exception {
        List<String> ids = new ArrayList<>();
        try (Stream<Path> files = Files.list(ETC.resolve("Jobs"))) {
            for (Path file : files.sorted().toList()) {
                String id = file.getFileName().toString().replace(".json", "");
                ids.add(id);
                JsonNode job = JSON.readTree(file.toFile());
                assertThat(DocumentReader.read(Files.readAllBytes(file), id).faults())
                        .as(id)
                        .isEmpty();
                assertThat(schema().validate(job)).as(id).isEmpty();
            }
        }
        assertThat(ids)
                .containsExactlyInAnyOrder(
                        "process-configuration-policies",
                        "FileInventory",
                        "UserInventory",
                        "ExecutionGrantStartupCleanup",
                        "FileAccessStartupCleanup",
                        "ephemeral-account-cleanup-if-unused",
                        "log-version-info",
                        "log-retention",
                        "audit-checkpoint",
                        "weekly-audit-summary");
    }

    @Test
    void the_schema_and_the_loader_say_the_same() throws Exception {
        JsonSchema schema = schema();
        JsonNode cases;
        try (InputStream in = JobBookTest.class.getResourceAsStream("documents.json")) {
            cases = JSON.readTree(in);
        }
        assertThat(cases.size()).isGreaterThan(50);
        for (JsonNode one : cases) {
            String name = one.path("name").asText();
            boolean good = one.path("good").asBoolean();
            assertThat(loads(one.path("job"), "")).as("loader: " + name).isEqualTo(good);
            assertThat(schema.validate(one.path("job")).isEmpty())
                    .as("schema: " + name)
                    .isEqualTo(good || one.has("beyond"));
        }
    }

    /** A member that one of them does not know is a document that an editor calls wrong. */
    @Test
    void the_schema_knows_every_member_of_a_task_that_the_loader_knows() throws Exception {
        JsonNode known =
                JSON.readTree(ETC.resolve("job.schema.json").toFile()).at("/$defs/task/properties");
        TreeSet<String> ofSchema = new TreeSet<>();
        known.fieldNames().forEachRemaining(ofSchema::add);
        TreeSet<String> ofLoader = new TreeSet<>();
        for (String type : List.of("process", "http", "mqtt", "builtin")) {
            String task = "{\"id\":\"j\",\"tasks\":[{\"type\":\"%s\",\"x\":1}]}";
            String fault =
                    DocumentReader.read(task.formatted(type).getBytes(), "").faults().stream()
                            .filter(one -> one.path().equals("/tasks/0/x"))
                            .findFirst()
                            .orElseThrow()
                            .message();
            ofLoader.addAll(List.of(fault.substring(fault.indexOf("known: ") + 7).split(", ")));
        }
        assertThat(ofSchema).isEqualTo(ofLoader);
    }

    @Test
    void the_examples_of_the_page_for_authors_are_used() throws Exception {
        String page = Files.readString(Path.of("../../docs/job-author.md"));
        List<String> blocks = new ArrayList<>();
        for (String part : page.split("```json\n", -1)) {
            if (part.startsWith("{") && part.indexOf("```") > 0) {
                blocks.add(part.substring(0, part.indexOf("```")));
            }
        }
        assertThat(blocks).hasSizeGreaterThan(4);
        for (String block : blocks) {
            assertThat(DocumentReader.read(block.getBytes(), "").faults()).as(block).isEmpty();
            assertThat(schema().validate(JSON.readTree(block))).as(block).isEmpty();
        }
    }
}
