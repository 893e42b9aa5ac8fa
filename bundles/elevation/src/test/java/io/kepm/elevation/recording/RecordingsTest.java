package io.kepm.elevation.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.elevation.RecordedSession;
import io.kepm.api.elevation.RecordedSession.State;
import io.kepm.api.elevation.SessionRecordings.About;
import io.kepm.api.elevation.SessionRecordings.Event;
import io.kepm.api.elevation.SessionRecordings.Part;
import io.kepm.api.elevation.SessionRecordings.Place;
import io.kepm.api.elevation.SessionRecordings.Recording;
import io.kepm.api.linux.TransientUnits.Recorder;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingsTest {

    private static final String ID = "0193f3a1-0000-7000-8000-0123456789ab";
    private static final About ABOUT =
            new About(ID, "r-1", "alice", 1001, "root", "/usr/bin/id", List.of("id", "-u"));

    @TempDir Path state;
    private final KeptRecords kept = new KeptRecords();
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private int mebibytes = 1;
    private RecordingsComponent recordings;

    @BeforeEach
    void open() throws Exception {
        recordings = new RecordingsComponent(kept, kept, new Few(), state.resolve("s"), () -> now);
    }

    private final class Few implements Settings {
        @Override
        @SuppressWarnings("unchecked")
        public <T> T get(Setting<T> setting) {
            return setting.equals(CoreSettings.RECORDING_MEBIBYTES)
                    ? (T) (Integer) mebibytes
                    : setting.defaultValue();
        }

        @Override
        public Path approot() {
            return state;
        }
    }

    private Path file() {
        return state.resolve("s").resolve(ID + ".session");
    }

    private RecordedSession session() throws IOException {
        return recordings.find(ID.substring(0, 8)).orElseThrow();
    }

    private List<Event> all() throws IOException {
        List<Event> events = new ArrayList<>();
        for (Optional<Place> at = Optional.of(Place.FIRST); at.isPresent(); ) {
            Part part = recordings.read(session(), at.get());
            events.addAll(part.events());
            at = part.next();
        }
        return events;
    }

    private Recording begun() throws IOException {
        Recording recording = recordings.begin(ABOUT);
        recording.begun();
        return recording;
    }

    private static void show(Recorder recorder, long millis, String text) throws IOException {
        recorder.take('o', Duration.ofMillis(millis), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void what_was_shown_is_read_again_and_its_digest_is_on_record() throws Exception {
        Recording recorder = begun();
        recorder.take('r', Duration.ZERO, "80x24".getBytes(StandardCharsets.US_ASCII));
        show(recorder, 1, "one\r\n");
        recorder.pause();
        assertThat(session().state()).isEqualTo(State.RUNNING);
        assertThat(all()).hasSize(2);
        byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
        recorder.take('o', Duration.ofMillis(2), new byte[] {euro[0]});
        recorder.take('o', Duration.ofMillis(3), new byte[] {euro[1], euro[2], (byte) 0xff});
        recorder.over();
        recorder.over();
        assertThat(all())
                .containsExactly(
                        new Event(Duration.ZERO, 'r', "80x24"),
                        new Event(Duration.ofMillis(1), 'o', "one\r\n"),
                        new Event(Duration.ofMillis(2), 'o', ""),
                        new Event(Duration.ofMillis(3), 'o', "€\ufffd"));
        assertThat(session().state()).isEqualTo(State.WHOLE);
        assertThat(kept.outcomes())
                .containsExactly("SESSION_RECORDED STARTED", "SESSION_RECORDED WHOLE");
        assertThat(kept.drafts.get(1).toString()).contains(session().sha256());
        assertThat(Files.readString(file(), StandardCharsets.ISO_8859_1)).doesNotContain("one");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_that_was_changed_shortened_or_swapped_is_not_shown() throws Exception {
        Recording recorder = begun();
        show(recorder, 1, "secret");
        recorder.over();
        byte[] whole = Files.readAllBytes(file());
        byte[] changed = whole.clone();
        changed[whole.length - 1] ^= 1;
        for (byte[] other :
                List.of(changed, java.util.Arrays.copyOf(whole, whole.length - 1), new byte[9])) {
            Files.write(file(), other);
            assertThatThrownBy(this::all).isInstanceOf(IOException.class);
        }
        // Where it runs there is no digest yet: the seal holds by itself.
        byte[] key = new byte[Seal.KEY_BYTES];
        byte[] sealed = new Seal(ID, key).seal(0, true, new byte[] {1});
        assertThat(new Seal(ID, key).open(0, true, sealed)).containsExactly(1);
        assertThatThrownBy(() -> new Seal(ID, key).open(1, true, sealed)).hasMessageContaining("1");
        assertThatThrownBy(() -> new Seal(ID, key).open(0, false, sealed))
                .hasMessageContaining("not what was recorded");
        assertThatThrownBy(() -> new Seal("other", key).open(0, true, sealed))
                .isInstanceOf(IOException.class);
    }

    @Test
    void what_cant_be_kept_is_told_to_whoever_would_show_it() throws Exception {
        Recording recorder = begun();
        String noise = noise();
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                show(recorder, i, noise);
                            }
                        })
                .hasMessageContaining("RecordingMebibytes");
        recorder.over();
        assertThat(session().state()).isEqualTo(State.CUT);
        assertThat(kept.drafts.get(1).toString()).contains("all it may have");
        assertThatThrownBy(() -> show(recorder, 1, "late")).hasMessageContaining("over");
        assertThat(all()).isNotEmpty();
    }

    /** Such that it can't be packed much: 128 KiB. */
    private static String noise() {
        java.util.Random random = new java.util.Random(7);
        StringBuilder text = new StringBuilder();
        while (text.length() < 128 * 1024) {
            text.append((char) ('!' + random.nextInt(90)));
        }
        return text.toString();
    }

    @Test
    void what_is_not_on_record_is_not_begun() throws Exception {
        kept.broken = true;
        assertThatThrownBy(() -> recordings.begin(ABOUT)).hasMessageContaining("disk full");
        assertThat(file()).doesNotExist();
        kept.broken = false;
        begun().over();
        assertThatThrownBy(() -> recordings.begin(ABOUT)).isInstanceOf(IOException.class);
        About elsewhere = new About("../x", "r", "alice", 1001, "root", "/x", List.of("x"));
        assertThatThrownBy(() -> recordings.begin(elsewhere)).hasMessageContaining("not the id");
    }

    @Test
    void what_ran_when_the_agent_died_is_cut_at_the_next_start() throws Exception {
        Recording recorder = begun();
        show(recorder, 1, "one");
        recorder.pause();
        show(recorder, 2, "lost");
        kept.rows.put("damaged", new byte[] {1});
        open();
        recordings.settle();
        assertThat(session().state()).isEqualTo(State.CUT);
        assertThat(recordings.list()).hasSize(1);
        assertThat(all()).containsExactly(new Event(Duration.ofMillis(1), 'o', "one"));
        assertThat(kept.outcomes()).last().isEqualTo("SESSION_RECORDED CUT");
    }

    @Test
    void one_users_recordings_are_bounded_and_secrets_are_hidden() throws Exception {
        RecordingTally tally = new RecordingTally(2, 3, 100);
        tally.add(1, 0);
        tally.add(1, 0);
        assertThat(tally.full(1).orElseThrow()).contains("2 with 0 MiB");
        assertThat(tally.full(2)).isEmpty();
        tally.add(2, 0);
        assertThat(tally.full(3)).isPresent();
        tally.remove(1, 0);
        assertThat(tally.full(1)).isEmpty();
        tally.grew(1, 100);
        assertThat(tally.full(1)).isPresent();
        About about =
                new About(ID, "r", "a", 1, "root", "/x", List.of("x", "--password", "hunter2"));
        assertThat(about.argv()).doesNotContain("hunter2");
        About wide = new About(ID, "r", "a", 1, "root", "/x", List.of("x", "y".repeat(200_000)));
        assertThat(wide.argv().toString().length()).isLessThan(40_000);
    }

    @Test
    void who_has_as_many_as_there_may_be_begins_no_more_of_them() throws Exception {
        StoredSession one =
                StoredSession.begun(ABOUT, now, new byte[Seal.KEY_BYTES])
                        .ended(now, State.WHOLE, new SealedFile.Extent(1, 10), "ab");
        for (int i = 0; i < 1_000; i++) {
            kept.rows.put("row-" + i, one.toBytes());
        }
        open();
        assertThatThrownBy(() -> recordings.begin(ABOUT)).hasMessageContaining("1000");
        assertThat(file()).doesNotExist();
    }

    @Test
    void what_runs_when_the_agent_stops_is_cut_with_what_it_showed() throws Exception {
        Recording recorder = begun();
        show(recorder, 1, "one");
        recordings.stop();
        assertThat(session().state()).isEqualTo(State.CUT);
        assertThat(all()).hasSize(1);
        assertThatThrownBy(() -> show(recorder, 2, "two")).hasMessageContaining("over");
    }

    @Test
    void of_a_command_that_never_began_there_is_no_recording_whoever_is_first() throws Exception {
        Recording recorder = recordings.begin(ABOUT);
        recorder.take('r', Duration.ZERO, "80x24".getBytes(StandardCharsets.US_ASCII));
        recorder.neverBegun();
        recorder.over();
        Recording slower = recordings.begin(ABOUT);
        slower.over();
        assertThat(session().state()).isEqualTo(State.RUNNING);
        slower.neverBegun();
        assertThat(recordings.list()).isEmpty();
        assertThat(kept.rows).isEmpty();
        assertThat(file()).doesNotExist();
        assertThat(kept.outcomes())
                .containsExactly(
                        "SESSION_RECORDED STARTED",
                        "SESSION_REMOVED NEVER_BEGUN",
                        "SESSION_RECORDED STARTED",
                        "SESSION_REMOVED NEVER_BEGUN");
    }

    @Test
    void of_a_command_that_may_have_begun_the_recording_is_kept_and_cut() throws Exception {
        Recording recorder = recordings.begin(ABOUT);
        recorder.mayHaveBegun();
        recorder.over();
        isKeptAndCut();
    }

    @Test
    void it_is_kept_and_cut_too_where_its_end_comes_first() throws Exception {
        Recording recorder = recordings.begin(ABOUT);
        recorder.over();
        assertThat(session().state()).isEqualTo(State.RUNNING);
        recorder.mayHaveBegun();
        isKeptAndCut();
    }

    private void isKeptAndCut() throws Exception {
        assertThat(session().state()).isEqualTo(State.CUT);
        assertThat(file()).exists();
        assertThat(kept.outcomes())
                .containsExactly("SESSION_RECORDED STARTED", "SESSION_RECORDED CUT");
        assertThat(kept.drafts.get(1).reason()).contains("not known to have begun");
    }

    @Test
    void what_began_and_showed_nothing_is_whole_whoever_is_first() throws Exception {
        Recording recorder = recordings.begin(ABOUT);
        recorder.over();
        recorder.begun();
        assertThat(session().state()).isEqualTo(State.WHOLE);
        assertThat(all()).isEmpty();
    }

    @Test
    void what_showed_something_before_it_was_ended_is_cut_and_kept() throws Exception {
        Recording recorder = recordings.begin(ABOUT);
        show(recorder, 1, "one");
        recorder.neverBegun();
        assertThat(session().state()).isEqualTo(State.CUT);
        assertThat(all()).hasSize(1);
    }

    @Test
    void a_file_that_a_crash_left_goes_on_record_and_one_that_holds_something_is_kept()
            throws Exception {
        begun().over();
        Path folder = state.resolve("s");
        Path empty = Files.write(folder.resolve("crashed.session"), SealedFile.FIRST_LINE);
        Path held = Files.write(folder.resolve("restored.session"), new byte[100]);
        Path other = Files.writeString(folder.resolve("README"), "mine");
        kept.drafts.clear();
        open();
        kept.broken = true;
        recordings.settle();
        assertThat(empty).exists();
        kept.broken = false;
        recordings.settle();
        assertThat(empty).doesNotExist();
        assertThat(file()).exists();
        assertThat(held).exists();
        assertThat(kept.outcomes()).containsExactly("SESSION_REMOVED STRAY");
        now = Files.getLastModifiedTime(held).toInstant().plus(Duration.ofDays(89));
        recordings.sweep();
        assertThat(held).exists();
        now = now.plus(Duration.ofDays(2));
        recordings.sweep();
        assertThat(held).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void old_ones_go_with_their_keys_and_that_is_on_record() throws Exception {
        begun().over();
        now = now.plus(Duration.ofDays(89));
        recordings.sweep();
        assertThat(recordings.list()).hasSize(1);
        now = now.plus(Duration.ofDays(2));
        recordings.sweep();
        assertThat(recordings.list()).isEmpty();
        assertThat(file()).doesNotExist();
        assertThat(kept.outcomes()).last().isEqualTo("SESSION_REMOVED REMOVED");
    }
}
