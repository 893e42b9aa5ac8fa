package io.kepm.api.linux;

import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Commands that the service manager starts in a unit of their own, {@code kepm-grant-ID.service}:
 * they inherit nothing of the agent's, nor of whoever asked for them, and are in a scope of that id
 * ({@link Scopes}). Safe for use by many threads.
 */
@ProviderType
public interface TransientUnits {

    /** Why this system can't start any, in words; empty when it can. */
    Optional<String> obstacle();

    /** Why nothing can be started for this user now, in words; empty when it can. */
    default Optional<String> obstacle(long uid) {
        return obstacle();
    }

    /**
     * Starts the unit, in which a supervisor waits for {@link Unit#go}: nothing of the command runs
     * when this returns.
     *
     * @throws IOException when there is no such unit, and why; nothing is left of it then
     */
    Unit start(Order order) throws IOException;

    /** A unit whose command may begin. */
    interface Unit {

        /** Number of the supervisor. */
        int pid();

        /** Start of the supervisor, since boot: with the number it names one process for ever. */
        long startTicks();

        /**
         * Has the command begin. When this returns, it runs.
         *
         * @param end hears once how it ended, on another thread; not when the agent stops first
         * @throws IOException when it did not begin, or is not known to have, and why; nothing is
         *     left of it then
         */
        void go(Consumer<End> end) throws IOException;

        /**
         * Whether its command may have run, if only until it was ended, although {@link #go}
         * failed: it was told to, and did not say that it could not.
         */
        boolean mayHaveBegun();

        /** It shall not begin: nothing is left of it when this returns, and nothing runs. */
        void cancel();
    }

    /**
     * What is to run, and how.
     *
     * @param id of the scope: letters, digits and dashes
     * @param caller who asked for it: the open files are his, and one has only so many commands
     * @param user by whose rights it runs
     * @param login uid of who has logged in, for the kernel's own records; empty for nobody
     * @param argv its own name first
     * @param environment all of it, as {@code NAME=VALUE}
     * @param most after it the service manager ends all of the unit; {@link Duration#ZERO} for
     *     never
     * @param noExec whether it may start no other program
     * @param background whether it may not read from its terminal before it asks for that
     * @param program the very file that is executed
     * @param recorder takes down what it shows; empty when nobody does
     */
    record Order(
            String id,
            Caller caller,
            User user,
            OptionalLong login,
            List<String> argv,
            List<String> environment,
            Duration most,
            boolean noExec,
            boolean background,
            Descriptor program,
            Optional<Recorder> recorder) {
        public Order {
            argv = List.copyOf(argv);
            environment = List.copyOf(environment);
        }
    }

    /** Takes down what a command shows, before that is shown. For one thread. */
    interface Recorder {

        /** What a command showed. */
        char SHOWN = 'o';

        /** The size of its terminal: {@code COLUMNSxROWS}. */
        char SIZE = 'r';

        /**
         * Keeps one piece.
         *
         * @param since its beginning
         * @throws IOException when it can't be kept: the command is ended, and shows nothing more
         */
        void take(char kind, Duration since, byte[] bytes) throws IOException;

        /** Nothing came for a second. */
        void pause() throws IOException;

        /** Nothing more comes; once or more often. */
        void over();
    }

    /** A user by name and numbers. */
    record User(String name, long uid, long gid, List<Long> groups) {
        public User {
            groups = List.copyOf(groups);
        }
    }

    /**
     * Who asked for a command. His process is given a socket, on which the supervisor takes folder
     * and streams of the command from it: they never come into this process, which whoever made
     * them could hold when it closes them.
     *
     * @param pid of his process
     * @param folder in which that is, as the kernel names it; no command begins elsewhere
     * @param connection on which he asked
     */
    record Caller(long uid, int pid, String folder, Connection connection) {}

    /**
     * How a command ended.
     *
     * @param how {@code exit}, {@code signal}, {@code unrecorded}: it was killed since what it
     *     shows could not be taken down, or {@code unknown}: nobody was left to say it
     * @param status exit code or signal number
     */
    record End(String how, int status, long durationMillis) {
        public static final End UNKNOWN = new End("unknown", 0, 0);
    }
}
