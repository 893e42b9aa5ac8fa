package io.kepm.sudo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What the kernel says of a process that asks, beside who it is. */
interface Callers {

    /** What the kernel says where nobody has logged in. */
    long NO_LOGIN = 0xffffffffL;

    /** Its controlling terminal, such as {@code /dev/pts/3}; empty when it has none. */
    String terminal(int pid);

    /** Whether somebody traces it: what it does is not its own will then. */
    boolean isTraced(int pid);

    /**
     * Who has logged in for it, whoever it is by now; empty for nobody, and on a kernel without
     * audit.
     *
     * @throws IOException when that can't be told
     */
    OptionalLong login(int pid) throws IOException;

    /** By {@code /proc}; who can't be looked at has no terminal, and counts as traced. */
    static Callers ofSystem() {
        return new Callers() {
            @Override
            public String terminal(int pid) {
                try {
                    String stat = read(pid, "stat");
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 6);
                    return Callers.name(Long.parseLong(fields[4]));
                } catch (IOException | RuntimeException e) {
                    return "";
                }
            }

            @Override
            public boolean isTraced(int pid) {
                try {
                    return !read(pid, "status").contains("\nTracerPid:\t0\n");
                } catch (IOException e) {
                    return true;
                }
            }

            @Override
            public OptionalLong login(int pid) throws IOException {
                if (!Files.exists(Path.of("/proc/self/loginuid"))) {
                    return OptionalLong.empty();
                }
                try {
                    long uid = Long.parseLong(read(pid, "loginuid").strip());
                    return uid == NO_LOGIN ? OptionalLong.empty() : OptionalLong.of(uid);
                } catch (NumberFormatException e) {
                    throw new IOException("the login of process " + pid + " is no number", e);
                }
            }
        };
    }

    private static String read(int pid, String file) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/" + file));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The name of a terminal by its number (proc_pid_stat(5), field 7); of others we know none. */
    static String name(long number) {
        long major = (number >> 8) & 0xfff;
        long minor = (number & 0xff) | ((number >> 12) & 0xfff00);
        if (major >= 136 && major <= 143) {
            return "/dev/pts/" + (((major - 136) << 20) + minor);
        }
        if (major == 4) {
            return minor < 64 ? "/dev/tty" + minor : "/dev/ttyS" + (minor - 64);
        }
        return "";
    }
}
