package io.kepm.api.elevation;

import io.kepm.api.storage.StorageException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Second factors of users: time-based one-time codes (RFC 6238) and recovery codes. Every try is on
 * record before it is answered. Safe for use by many threads.
 */
@ProviderType
public interface SecondFactors {

    /** Whether a factor is enrolled, and what is left of it. */
    Status status(String user, long uid) throws StorageException;

    /**
     * Lets a user enrol who has no factor: an administrator hands the code over in person.
     *
     * @return a code for one enrolment within an hour
     */
    String admit(String user, long uid, String admin) throws StorageException;

    /**
     * Begins an enrolment; the former factor stays until the new one is confirmed.
     *
     * @param proof a code of the present factor, or the administrator's code when there is none
     */
    Answer enroll(String user, long uid, String proof) throws StorageException;

    /**
     * Begins the first enrolment of a user; not for one who has a factor.
     *
     * @param password of the user's account; takes seconds when it is wrong
     */
    default Answer enrollByPassword(String user, long uid, String password)
            throws StorageException {
        return new Answer.Refused("passwords can't be checked here");
    }

    /**
     * Ends an enrolment.
     *
     * @param code of the new factor, within ten minutes
     */
    Answer confirm(String user, long uid, String code) throws StorageException;

    /**
     * Removes a factor.
     *
     * @param proof a code of it; not asked for when an administrator does it
     * @param admin who does it; empty when the user does
     */
    Answer remove(String user, long uid, String proof, String admin) throws StorageException;

    /**
     * How it is with a user.
     *
     * @param admitted whether an administrator's code waits for the user
     */
    record Status(boolean enrolled, int recoveryCodes, boolean admitted) {}

    /** What became of it. */
    sealed interface Answer {
        /** To be shown once: the key in base 32, and all of it as an address for an app. */
        record Begun(String secret, String uri) implements Answer {}

        /** To be shown once: codes that each stand in for one code of the app. */
        record Enrolled(List<String> recoveryCodes) implements Answer {
            public Enrolled {
                recoveryCodes = List.copyOf(recoveryCodes);
            }
        }

        record Removed() implements Answer {}

        /**
         * Not done.
         *
         * @param why for the person, with what to do
         */
        record Refused(String why) implements Answer {}
    }
}
