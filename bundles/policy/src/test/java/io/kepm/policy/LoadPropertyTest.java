package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Whatever happens to the folder, the set in force is the last one that was well and recorded. */
class LoadPropertyTest {

    private static final Ask ID = Ask.command("/usr/bin/id");

    /** What happens to the folder, or to the agent. */
    enum Step {
        ALLOWS("ALLOW"),
        DENIES("DENY"),
        ASKS("MFA"),
        CUT_SHORT(""),
        UNKNOWN_FIELD(""),
        NO_CONTROL(""),
        EMPTY_LIST(""),
        TWO_OF_ONE_ID(""),
        EMPTIED(""),
        STORE_FULL(""),
        STORE_FREE(""),
        RESTART("");

        private final String control;

        Step(String control) {
            this.control = control;
        }
    }

    private final FakeStore store = new FakeStore();

    @Property(tries = 300)
    void ab_80_a_refused_set_changes_nothing_and_the_last_good_one_outlives_a_restart(
            @ForAll @Size(min = 1, max = 12) List<Step> steps) throws IOException {
        store.failing = false;
        store.clear();
        Path root = Files.createTempDirectory("kepm-load");
        Path file = Files.createDirectory(root.resolve("policies")).resolve("p.json");
        PolicyFolder folder = folder(file.getParent());
        folder.look();
        String good = "DENY";
        long revision = revision(folder);
        for (Step step : steps) {
            if (step == Step.STORE_FULL || step == Step.STORE_FREE) {
                store.failing = step == Step.STORE_FULL;
            } else if (step == Step.RESTART) {
                // An agent does not start without its store.
                store.failing = false;
                folder = folder(file.getParent());
            } else {
                write(file, step);
            }
            folder.look();
            String now = Files.exists(file) ? said(file) : "DENY";
            boolean well = !now.isEmpty();
            good = well && !store.failing ? now : good;
            assertThat(outcome(folder)).as("%s of %s", step, steps).isEqualTo(good);
            if (!well) {
                assertThat(folder.state()).isNotEqualTo(LoadState.GOOD);
            }
            assertThat(revision(folder)).isGreaterThanOrEqualTo(revision);
            revision = revision(folder);
        }
        Files.deleteIfExists(file);
        Files.delete(file.getParent());
        Files.delete(root);
    }

    private PolicyFolder folder(Path policies) {
        return new PolicyFolder(
                policies,
                store,
                store,
                path -> List.of(),
                Set.of(),
                () -> Instant.EPOCH,
                (set, revision) ->
                        new Evaluator(set, revision, EngineSettings.DEFAULT, TestSet.GUARDS));
    }

    private static void write(Path file, Step step) throws IOException {
        String well = TestSet.allow("a", "'ApplicationCheck':['/usr/bin/id']");
        String text =
                switch (step) {
                    case CUT_SHORT -> well.substring(0, well.length() / 2);
                    case UNKNOWN_FIELD -> well.replace("UserCheck", "Usr");
                    case NO_CONTROL -> well.replace("'ALLOW'", "");
                    case EMPTY_LIST -> well.replace("['*']", "[]");
                    case TWO_OF_ONE_ID -> "[" + well + "," + well + "]";
                    default -> well.replace("ALLOW", step.control);
                };
        if (step == Step.EMPTIED) {
            Files.deleteIfExists(file);
        } else {
            Files.writeString(file, text.replace('\'', '"'));
        }
    }

    /** What the file would answer; empty when it has to be refused. */
    private static String said(Path file) throws IOException {
        String text = Files.readString(file);
        boolean refused =
                !text.endsWith("}")
                        || text.contains("Usr")
                        || text.contains("[]")
                        || text.startsWith("[");
        return refused
                ? ""
                : text.contains("ALLOW") ? "ALLOW" : text.contains("MFA") ? "PENDING" : "DENY";
    }

    private static String outcome(PolicyFolder folder) {
        Evaluation evaluation =
                folder.inForce()
                        .orElseThrow()
                        .evaluator()
                        .evaluate(ID.request(), TestSet.MONDAY_NOON);
        return evaluation.decision().outcome();
    }

    private static long revision(PolicyFolder folder) {
        return folder.inForce().orElseThrow().revision().number();
    }
}
