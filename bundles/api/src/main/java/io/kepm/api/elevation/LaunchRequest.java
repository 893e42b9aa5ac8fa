package io.kepm.api.elevation;

import io.kepm.api.linux.UnixSockets;
import java.util.List;
import java.util.Optional;

/**
 * What a door knows of a command that somebody wants to run with other rights. Facts of the system
 * (groups, links, digests) are not in it: the launch decision reads them itself.
 *
 * @param requestId empty, or the id of a request that the caller comes back to
 * @param door {@code sudo}, {@code run}, or {@link #AHEAD}
 * @param user the invoking user's name
 * @param uid as the kernel or sudo (running as root) says it
 * @param path absolute
 * @param options options of the caller that no policy names, such as {@code runas_group=disk}
 * @param edit sudoedit: the files stand after {@code --} in {@code argv}
 * @param descriptor the file that will be executed, when the door could prove it
 * @param reason a justification that came with the request
 * @param canPrompt whether a person can be asked
 * @param asksInside whether the door asks about every command that this one starts as well
 * @param inside whether it is started by a command that the same caller runs already: it ends with
 *     that one, and its process is the other's
 */
public record LaunchRequest(
        String requestId,
        String door,
        String user,
        long uid,
        String path,
        List<String> argv,
        String runAs,
        List<String> options,
        boolean edit,
        String cwd,
        String tty,
        int pid,
        Optional<UnixSockets.Descriptor> descriptor,
        String descriptorNote,
        Optional<String> reason,
        boolean canPrompt,
        boolean asksInside,
        boolean inside) {

    /** The door of who asks ahead: nothing is run by it. */
    public static final String AHEAD = "ahead";

    public LaunchRequest {
        argv = List.copyOf(argv);
        options = List.copyOf(options);
    }

    /** Of a door that hears of nothing which the command starts. */
    public LaunchRequest(
            String requestId,
            String door,
            String user,
            long uid,
            String path,
            List<String> argv,
            String runAs,
            List<String> options,
            boolean edit,
            String cwd,
            String tty,
            int pid,
            Optional<UnixSockets.Descriptor> descriptor,
            String descriptorNote,
            Optional<String> reason,
            boolean canPrompt) {
        this(
                requestId,
                door,
                user,
                uid,
                path,
                argv,
                runAs,
                options,
                edit,
                cwd,
                tty,
                pid,
                descriptor,
                descriptorNote,
                reason,
                canPrompt,
                false,
                false);
    }

    /** The session that a caller asks in: by its terminal, or by the door when it has none. */
    public String session() {
        return session(uid, tty, door);
    }

    /** The same, where there is no request yet. */
    public static String session(long uid, String tty, String door) {
        return uid + "@" + (tty.isEmpty() ? door : tty);
    }
}
