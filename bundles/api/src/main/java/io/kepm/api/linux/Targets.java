package io.kepm.api.linux;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Facts about what is to be run, read from the system at the time of the request. */
@ProviderType
public interface Targets {

    /**
     * Looks at a program.
     *
     * @param path absolute
     * @param descriptor the very descriptor that will be executed, when there is one: the digest is
     *     of its bytes, and counts only for a root-owned file that nobody else can write
     */
    Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor);

    /**
     * Looks at a program that nobody runs yet: the digest is of what is at the path now, under the
     * same conditions. It binds nothing by itself; whoever runs it later has to look again.
     *
     * @param path absolute
     */
    default Facts foresee(String path) {
        return inspect(path, Optional.empty());
    }

    /**
     * The resolved form of each argument that names an existing path; see {@code
     * EvaluationRequest.Target#argvReal()}.
     */
    List<Optional<String>> resolve(List<String> arguments, String cwd);

    /**
     * Opens the program that a word names: a full path, or a bare name that is looked up on a fixed
     * path. The very file stays open, whatever becomes of its name.
     *
     * @throws IOException when there is no such program, and why
     */
    default Opened open(String word) throws IOException {
        throw new IOException("programs can't be opened here");
    }

    /**
     * The current directory of a process, as the kernel names it. Nothing of that file system is
     * asked: it may be one that never answers.
     *
     * @throws IOException when it is in none that this system names
     */
    default String folder(int pid) throws IOException {
        throw new IOException("folders can't be looked at here");
    }

    /** A program and its open file; whoever got it closes that. */
    record Opened(String path, UnixSockets.Descriptor descriptor) {}

    /** The machine's full name. */
    String hostname();

    /**
     * What was found.
     *
     * @param realPath with links resolved; the path itself when it does not exist
     * @param sha256 lower-case hex; empty when the file could not be bound to what will run
     * @param unsafe reasons why others could have changed it; empty means safe
     * @param digestNote why there is no digest; empty when there is one
     * @param signers thumbprints (SHA-256, lower-case hex) of who signed it, as far as the machine
     *     trusts them; the system by itself knows none
     * @param signerUnknown why somebody else may have signed it; empty when nobody else has
     */
    record Facts(
            String realPath,
            Optional<String> sha256,
            List<String> unsafe,
            boolean setuid,
            String digestNote,
            List<String> signers,
            String signerUnknown) {
        public Facts {
            unsafe = List.copyOf(unsafe);
            signers = List.copyOf(signers);
        }

        /**
         * Of a path that names nothing, as of one that does: why it does not may be hidden from who
         * asks.
         */
        public static Facts unseen(String path) {
            return new Facts(path, Optional.empty(), List.of(), false, "");
        }

        /** Of a file about whose signers nothing is known. */
        public Facts(
                String realPath,
                Optional<String> sha256,
                List<String> unsafe,
                boolean setuid,
                String digestNote) {
            this(realPath, sha256, unsafe, setuid, digestNote, List.of(), "");
        }

        /** The same file with its signers. */
        public Facts signedBy(List<String> who) {
            return new Facts(realPath, sha256, unsafe, setuid, digestNote, who, "");
        }

        /** The same file, of which it can't be said who signed it. */
        public Facts signedByWhomever(String why) {
            return new Facts(realPath, sha256, unsafe, setuid, digestNote, List.of(), why);
        }
    }
}
