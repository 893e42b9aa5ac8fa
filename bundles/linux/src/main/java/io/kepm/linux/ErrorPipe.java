package io.kepm.linux;

import com.sun.jna.Native;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A pipe for the standard error of a program: the launcher opens its other end by the name that it
 * has in /proc, so that the JVM need not pass it on. For one thread.
 */
final class ErrorPipe implements AutoCloseable {

    private final int[] ends = {-1, -1};
    private final InputStream errors;

    ErrorPipe() throws IOException {
        if (Libc.pipe2(ends, Libc.CLOEXEC) != 0) {
            throw new IOException("no pipe: " + Libc.words(Native.getLastError()));
        }
        try {
            errors = new BufferedInputStream(new FileInputStream("/proc/self/fd/" + ends[0]));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Where the launcher finds it. */
    String name() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + ends[1];
    }

    /** What is read from it, which ends when the program and all that it started have. */
    InputStream errors() {
        return errors;
    }

    /** Nobody opens it any more; what is read goes on. */
    @Override
    public void close() {
        for (int i = 0; i < ends.length; i++) {
            if (ends[i] >= 0) {
                Libc.close(ends[i]);
                ends[i] = -1;
            }
        }
    }
}
