package io.kepm.api.elevation;

import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Requests that wait for an approval, and who decides them (elevation.md §3). Every change is on
 * record before it is answered; of two that change one request at once, one wins. Safe for use by
 * many threads.
 */
@ProviderType
public interface Requests {

    /**
     * The requests that this person made, and those that he may decide; the newest first. That he
     * looked at those of others is put on record, once a minute as long as they are the same.
     */
    List<AccessRequest> visibleTo(Person who) throws StorageException;

    /**
     * One of them. That somebody else than the requester looked at it is put on record.
     *
     * @param id all of it, or a beginning of at least six characters that only one has
     */
    Optional<AccessRequest> view(String id, Person who) throws StorageException;

    /** What {@link #proofOf} says of somebody who needs none. */
    String NO_PROOF = "none";

    /**
     * What somebody proves with to be who he is when he decides a request: {@code totp}, {@code
     * password}, or {@link #NO_PROOF}.
     */
    default String proofOf(Person who) throws StorageException {
        return who.uid() == 0 ? NO_PROOF : "totp";
    }

    /**
     * Does something with a request.
     *
     * @param factor what {@link #proofOf} asks for, given just now; only root needs none
     * @param comment why, for the record; may be empty
     */
    Outcome act(String id, Act act, Person who, String factor, String comment)
            throws StorageException;

    /** What can be done with a request. */
    enum Act {
        APPROVE,
        DENY,
        /** Gives it the time of its present state once more. */
        EXTEND,
        ESCALATE,
        /** By the requester; by an administrator it is a revocation. */
        WITHDRAW
    }

    /**
     * Who acts, as the kernel says it.
     *
     * @param loginUid the user that logged in (proc_pid_loginuid(5)); empty for a process that
     *     nobody logged in for, -1 when it is not known any more
     * @param groups names of all groups, read now
     */
    record Person(String user, long uid, OptionalLong loginUid, List<String> groups) {
        public Person {
            groups = List.copyOf(groups);
        }
    }

    /** What became of it. */
    sealed interface Outcome {
        record Done(AccessRequest request) implements Outcome {}

        /** There is no such request, or it is none of theirs: nobody learns which. */
        record Unknown() implements Outcome {}

        /**
         * Not allowed, or too late.
         *
         * @param why for the person, with what to do
         */
        record Refused(String why) implements Outcome {}
    }
}
