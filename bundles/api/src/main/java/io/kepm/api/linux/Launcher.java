package io.kepm.api.linux;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Starts programs as another user, in a session and, where there is one, a cgroup of their own,
 * with umask 077, and ends them whole.
 */
@ProviderType
public interface Launcher {

    /**
     * Starts a program. When this returns, it runs with the rights of its user, and waits for its
     * standard input.
     *
     * @throws IOException when it could not be started, and why; nothing is left of it then
     */
    default Child launch(LaunchOrder order) throws IOException {
        return launch(order, identity -> {});
    }

    /**
     * The same, for whoever has to know the process before anything of the program runs.
     *
     * @param witness hears who it will be; when it fails, the program is not started
     */
    Child launch(LaunchOrder order, Witness witness) throws IOException;

    /** Is told of a process that is there and does not run on before this returns. */
    @FunctionalInterface
    interface Witness {
        void sees(Identity identity) throws IOException;
    }

    /**
     * Ends what is left of a program that an agent started which is gone: its session and what
     * descends from it. Nothing happens when nothing is left, or the number is somebody else's now.
     *
     * @param startTicks of the program: with its number it names one process since the machine
     *     started; the caller sees to it that this is the same start
     * @throws IOException when something of it is still there
     */
    default void endLeft(int pid, long startTicks) throws IOException {}

    /** A program the agent started. Safe for use by many threads. */
    interface Child {

        Identity identity();

        boolean isAlive();

        /** Writes to its standard input and ends that; no more than once. */
        void tell(byte[] bytes) throws IOException;

        /**
         * What it writes, both streams together unless its errors are apart. Whoever launched it
         * reads this to its end, or it will wait.
         */
        InputStream output();

        /**
         * What it writes to standard error where the order parts that, to be read to its end as
         * well; else nothing.
         */
        default InputStream errors() {
            return InputStream.nullInputStream();
        }

        /**
         * Its exit code, or 128 and the number of the signal that ended it. Told when what it had
         * started is ended as well: nothing outlives it.
         */
        CompletableFuture<Integer> exit();

        /** Whether one of its open files is this socket; see {@link SocketOwners}. */
        boolean holds(long socketInode);

        /**
         * Whether what runs in it still is the executable that was launched, or for a script its
         * interpreter. Whoever can't tell says no.
         */
        default boolean isUnchanged() {
            return false;
        }

        /**
         * Whether it or what it started was refused a further process, since as many as its order
         * allows were there. Whoever can't tell says no; known for certain once it ended.
         */
        default boolean hitProcessLimit() {
            return false;
        }

        /**
         * Ends it and everything it started: TERM, and after the grace KILL. Returns when nothing
         * of it is left, or says so.
         *
         * @throws IOException when something of it is still there
         */
        void end(Duration grace) throws IOException;
    }

    /**
     * What the kernel says about a child, taken before it could do anything.
     *
     * @param startTicks start time since boot (proc_pid_stat(5), field 22): with the pid it names
     *     one process for ever
     * @param device of the executable
     * @param inode of the executable
     * @param sha256 of the executable, lower-case hex
     */
    record Identity(int pid, long startTicks, long uid, long device, long inode, String sha256) {}
}
