package io.kepm.linux;

import io.kepm.api.linux.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads where a process comes from; whoever asks makes sure that it lives afterwards. */
final class Origins {

    private static final int MOST = 256;

    /** {@code (uid_t) -1}: nobody logged in. */
    private static final String NOBODY = "4294967295";

    private Origins() {}

    static Origin of(int pid) throws IOException {
        List<Origin.Step> line = new ArrayList<>();
        int next = pid;
        while (next > 0) {
            Optional<ProcStat> stat = ProcStat.of(next);
            if (stat.isEmpty() || line.size() == MOST) {
                throw new IOException("process " + pid + ": its forebears can't be followed");
            }
            line.add(new Origin.Step(next, stat.get().startTicks()));
            next = stat.get().parent();
        }
        if (line.isEmpty()) {
            throw new IOException("a process that can't be seen");
        }
        return new Origin(loginUid(pid), line);
    }

    /** -1 also on a kernel without an audit system. */
    private static long loginUid(int pid) throws IOException {
        try {
            return login(pid).orElse(-1);
        } catch (NoSuchFileException e) {
            return -1;
        }
    }

    /**
     * Who has logged in for a process; empty when nobody has.
     *
     * @throws NoSuchFileException when there is no such process, or the kernel has no audit system
     */
    static OptionalLong login(int pid) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/loginuid"));
        String text = new String(bytes, StandardCharsets.US_ASCII).trim();
        try {
            return text.equals(NOBODY)
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new IOException("the login of process " + pid + " can't be read", e);
        }
    }
}
