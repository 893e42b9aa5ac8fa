package io.kepm.api.elevation;

import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.storage.StorageException;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Approvals by a code that an approver reads to the person who asked, when none can be reached from
 * the machine (elevation.md §3). Every try is on record before it is answered. Safe for use by many
 * threads.
 */
@ProviderType
public interface OfflineApprovals {

    /** How it is with this machine. */
    Status status() throws StorageException;

    /**
     * Takes the key of this machine, in the place of a former one.
     *
     * @param line see {@link OfflineKey#line}; neither a site's key nor another machine's
     * @param admin who does it
     */
    Reply takeKey(String line, String admin) throws StorageException;

    /** Forgets the key: no code is taken any more. */
    Reply forgetKey(String admin) throws StorageException;

    /**
     * What is to be read to an approver; the same one as long as the request waits.
     *
     * @param id of an own request that waits: all of it, or its beginning
     */
    Reply challenge(String id, Person who) throws StorageException;

    /**
     * Approves an own request by the answer to its challenge. It counts as the approval of one
     * person, once. Five wrong ones in a row lock the user out.
     */
    Reply answer(String id, Person who, String code) throws StorageException;

    /**
     * How it is with this machine.
     *
     * @param machine its name in challenges
     * @param fingerprint of its key; empty when there is none
     */
    record Status(String machine, Optional<String> fingerprint) {}

    /** What became of it. */
    sealed interface Reply {
        /** The key that is there now; see {@link Status}. */
        record Keyed(Status status) implements Reply {}

        /** To be read to an approver. */
        record Challenge(String text, AccessRequest request) implements Reply {}

        record Done(AccessRequest request) implements Reply {}

        /** There is no such request, or it is none of theirs: nobody learns which. */
        record Unknown() implements Reply {}

        /**
         * Not done.
         *
         * @param why for the person, with what to do
         */
        record Refused(String why) implements Reply {}
    }
}
