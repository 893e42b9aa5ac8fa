package io.kepm.linux;

import com.sun.jna.Native;
import java.io.IOException;

/**
 * A process by a descriptor: never another one, whatever becomes of its number. Safe for use by
 * many threads; after {@link #close} it counts as ended.
 */
final class Pidfd implements AutoCloseable {

    private final int pid;
    private int number;

    private Pidfd(int pid, int number) {
        this.pid = pid;
        this.number = number;
    }

    static Pidfd open(int pid) throws IOException {
        long number = Libc.syscall(Libc.SYS_PIDFD_OPEN, pid, 0, 0, 0);
        if (number < 0) {
            throw new IOException("process " + pid + ": " + Libc.words(Native.getLastError()));
        }
        return new Pidfd(pid, (int) number);
    }

    int pid() {
        return pid;
    }

    synchronized boolean isAlive() {
        if (number < 0) {
            return false;
        }
        try (Poll poll = new Poll(1)) {
            return !poll.watch(0, number, Libc.POLLIN).await(0);
        } catch (IOException e) {
            // What can't be seen to live is not trusted to.
            return false;
        }
    }

    /** Does nothing to a process that has ended. */
    synchronized void signal(int signal) throws IOException {
        if (number >= 0 && Libc.syscall(Libc.SYS_PIDFD_SEND_SIGNAL, number, signal, 0, 0) != 0) {
            int errno = Native.getLastError();
            if (errno != Libc.ESRCH) {
                throw new IOException(
                        "signal " + signal + " to process " + pid + ": " + Libc.words(errno));
            }
        }
    }

    @Override
    public synchronized void close() {
        if (number >= 0) {
            Libc.close(number);
            number = -1;
        }
    }
}
