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

    /** The note of a descriptor where the path names no program. */
    public static final String NO_PROGRAM = "there is no such program";

    public LaunchRequest {
        argv = List.copyOf(argv);
        options = List.copyOf(options);
    }

    /**
     * Of whom and what there is to know in any case. The rest says itself that there is nothing of
     * it: run as root, in the root folder, by no process, on no terminal, without options.
     */
    public static Builder by(String door, String user, long uid, String path, List<String> argv) {
        return new Builder(door, user, uid, path, argv);
    }

    /** Whether its path names nothing: policy is asked all the same, and nothing can run. */
    public boolean isForNoProgram() {
        return descriptor.isEmpty() && descriptorNote.equals(NO_PROGRAM);
    }

    /** The same request, to change some of it. */
    public Builder like() {
        Builder like = new Builder(door, user, uid, path, argv);
        like.requestId = requestId;
        like.runAs = runAs;
        like.options = options;
        like.edit = edit;
        like.cwd = cwd;
        like.tty = tty;
        like.pid = pid;
        like.descriptor = descriptor;
        like.descriptorNote = descriptorNote;
        like.reason = reason;
        like.canPrompt = canPrompt;
        like.asksInside = asksInside;
        like.inside = inside;
        return like;
    }

    /** The session that a caller asks in: by its terminal, or by the door when it has none. */
    public String session() {
        return session(uid, tty, door);
    }

    /** The same, where there is no request yet. */
    public static String session(long uid, String tty, String door) {
        return uid + "@" + (tty.isEmpty() ? door : tty);
    }

    /** A request in the making. For one thread. */
    public static final class Builder {
        private String requestId = "";
        private String door;
        private String user;
        private long uid;
        private String path;
        private List<String> argv;
        private String runAs = "root";
        private List<String> options = List.of();
        private boolean edit;
        private String cwd = "/";
        private String tty = "";
        private int pid;
        private Optional<UnixSockets.Descriptor> descriptor = Optional.empty();
        private String descriptorNote = "";
        private Optional<String> reason = Optional.empty();
        private boolean canPrompt;
        private boolean asksInside;
        private boolean inside;

        private Builder(String door, String user, long uid, String path, List<String> argv) {
            this.door = door;
            this.user = user;
            this.uid = uid;
            this.path = path;
            this.argv = argv;
        }

        public Builder requestId(String id) {
            requestId = id;
            return this;
        }

        public Builder door(String name) {
            door = name;
            return this;
        }

        public Builder user(String name, long number) {
            user = name;
            uid = number;
            return this;
        }

        public Builder command(String absolute, List<String> words) {
            path = absolute;
            argv = words;
            return this;
        }

        public Builder runAs(String name) {
            runAs = name;
            return this;
        }

        public Builder options(List<String> named) {
            options = named;
            return this;
        }

        public Builder edit(boolean is) {
            edit = is;
            return this;
        }

        public Builder cwd(String folder) {
            cwd = folder;
            return this;
        }

        public Builder tty(String terminal) {
            tty = terminal;
            return this;
        }

        public Builder pid(int process) {
            pid = process;
            return this;
        }

        public Builder descriptor(UnixSockets.Descriptor proven) {
            descriptor = Optional.of(proven);
            return this;
        }

        public Builder descriptorNote(String note) {
            descriptorNote = note;
            return this;
        }

        public Builder reason(String text) {
            reason = Optional.of(text);
            return this;
        }

        public Builder canPrompt(boolean can) {
            canPrompt = can;
            return this;
        }

        public Builder asksInside(boolean asks) {
            asksInside = asks;
            return this;
        }

        public Builder inside(boolean is) {
            inside = is;
            return this;
        }

        public LaunchRequest build() {
            return new LaunchRequest(
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
                    asksInside,
                    inside);
        }
    }
}
