package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.TransientUnits.Streams;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnStreamsTest {

    private static final int O_RDWR = 2;

    private final List<Descriptor> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Descriptor::close);
    }

    @Test
    void streams_that_are_open_for_what_they_are_are_taken() {
        assertThatCode(() -> check(Libc.O_RDONLY, Libc.O_WRONLY, O_RDWR))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(O_RDWR, O_RDWR, Libc.O_WRONLY)).doesNotThrowAnyException();
    }

    @Test
    void a_descriptor_without_rights_is_no_stream() {
        int none = Libc.O_PATH;
        assertThatThrownBy(() -> check(none, Libc.O_WRONLY, Libc.O_WRONLY))
                .hasMessage("stream `in` is not open for reading");
        assertThatThrownBy(() -> check(Libc.O_RDONLY, none, Libc.O_WRONLY))
                .hasMessage("stream `out` is not open for writing");
        // Of a file that whoever passes it can't even read, as /etc/shadow is.
        assertThatThrownBy(() -> check(Libc.O_RDONLY, Libc.O_WRONLY, none | O_RDWR))
                .hasMessage("stream `err` is not open for writing");
    }

    @Test
    void what_may_only_be_read_is_no_output_and_what_may_only_be_written_no_input() {
        assertThatThrownBy(() -> check(Libc.O_WRONLY, Libc.O_WRONLY, Libc.O_WRONLY))
                .hasMessageContaining("`in`");
        assertThatThrownBy(() -> check(Libc.O_RDONLY, Libc.O_RDONLY, Libc.O_WRONLY))
                .hasMessageContaining("`out`");
        assertThatThrownBy(() -> check(Libc.O_RDONLY, Libc.O_WRONLY, Libc.O_RDONLY))
                .hasMessageContaining("`err`");
    }

    @Test
    void a_folder_that_one_is_not_in_is_not_where_a_command_begins() throws Exception {
        int self = (int) ProcessHandle.current().pid();
        assertThat(OwnStreams.folder(opened(".", Libc.O_PATH), self))
                .isEqualTo(Path.of("").toRealPath().toString());
        assertThatThrownBy(() -> OwnStreams.folder(opened("/root", Libc.O_PATH), self))
                .hasMessage("what was passed is not your current directory");
        assertThatThrownBy(() -> OwnStreams.folder(opened("/dev/null", Libc.O_PATH), self))
                .hasMessageContaining("is none");
    }

    private void check(int in, int out, int err) throws IOException {
        Descriptor other = opened(Libc.O_RDONLY);
        OwnStreams.check(
                new Streams(other, other, opened(in), opened(out), opened(err), other), 1001);
    }

    private Descriptor opened(int flags) throws IOException {
        return opened("/dev/null", flags);
    }

    private Descriptor opened(String path, int flags) throws IOException {
        int number = Libc.open(Libc.text(path), flags | Libc.CLOEXEC);
        if (number < 0) {
            throw new IOException(path);
        }
        PassedDescriptor descriptor = new PassedDescriptor(number);
        open.add(descriptor);
        return descriptor;
    }
}
