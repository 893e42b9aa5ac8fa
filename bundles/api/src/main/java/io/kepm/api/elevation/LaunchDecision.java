package io.kepm.api.elevation;

import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The one place where the agent decides that a command may run with other rights: guards, policy,
 * controls, grant, durable record. Every way to run something goes through it. Safe for use by many
 * threads; a call lasts as long as a person takes to meet the controls.
 */
@ProviderType
public interface LaunchDecision {

    /**
     * Decides, and puts the answer on record before returning it. Never throws: a fault is a
     * refusal.
     */
    LaunchAnswer decide(LaunchRequest request, Conversation conversation);

    /**
     * Has the controls of a command met before it is run, so that its approval is there when it is.
     * Nothing is run or granted; the decision is on record like any other. Never throws.
     *
     * @param request with {@link LaunchRequest#AHEAD} as its door
     */
    default Ahead ask(LaunchRequest request, Conversation conversation) {
        return new Ahead.Refused("fault", "this agent can't be asked ahead");
    }

    /** What came of asking ahead. */
    sealed interface Ahead {
        /** Somebody has to decide it, or has approved it already: it waits for the command. */
        record Kept(AccessRequest request) implements Ahead {}

        /** Nobody has to approve it: the command can be run. */
        record NotNeeded() implements Ahead {}

        /**
         * It would not be run, or a control was not met.
         *
         * @param code as in {@link LaunchAnswer.Refuse}
         * @param message for the person, with what to do
         */
        record Refused(String code, String message) implements Ahead {}
    }

    /**
     * Gives a command that runs more time, if what policy says to the very same command now, with
     * its controls, gives it. On record before it is answered. Never throws.
     *
     * @param grantId all of it, or a beginning of at least six characters that only one has
     * @param uid whose grant it has to be
     */
    default Extended extend(
            String grantId, long uid, Optional<String> reason, Conversation conversation) {
        return new Extended.Unknown();
    }

    /** What came of asking for more time. */
    sealed interface Extended {
        /** The grant with its new end. */
        record Done(Grant grant) implements Extended {}

        /** Somebody has to approve it first: it can be asked for once more then. */
        record Waits(AccessRequest request) implements Extended {}

        /** There is no such grant, or it is none of theirs: nobody learns which. */
        record Unknown() implements Extended {}

        /**
         * It ends when it did before.
         *
         * @param code as in {@link LaunchAnswer.Refuse}
         * @param message for the person, with what to do
         */
        record Refused(String code, String message) implements Extended {}
    }

    /**
     * Whether sudo can carry what policy says to a request now, or has to say itself that it is
     * refused; no effect, no record. When it can't be told, the answer is no.
     */
    default boolean carriedBySudo(LaunchRequest request) {
        return false;
    }

    /**
     * Whether policy holds something against a right of the asker's own to the same command: a
     * deny, a control, or a condition; no effect, no record.
     */
    default boolean binds(LaunchRequest request) {
        return true;
    }

    /**
     * Binds a grant of {@code kepm run}, or of a job, to the process that stands for its unit, or
     * runs it, durably, before its command begins.
     *
     * @return false when there is no such grant any more: nothing may begin
     */
    default boolean started(String grantId, int pid, long startTicks) {
        return false;
    }

    /** Why a grant ends before its command does, for its owner; empty when it does not. */
    default String ending(String grantId) {
        return "";
    }

    /**
     * Notes that what a grant started has ended.
     *
     * @param how {@code exit}, {@code signal}, {@code error}, or {@code unknown}: nobody said how
     * @param status exit code, signal number, or errno
     */
    void ended(String grantId, String how, int status, long durationMillis);

    /** Puts on record what the plugin answered by itself: root's own sudo, or break-glass. */
    void noted(LaunchRequest request, String why);

    /** What policy would say to a request now, filter by filter; no effect, no record. */
    PolicyEngine.Explanation explain(LaunchRequest request, String eventType)
            throws NameServiceException;

    /** Grants by which something runs still. */
    List<Grant> grants();

    /**
     * Ends a grant before its time, with everything that runs by it. Final, and on record before
     * this returns; the processes are asked to end then, and killed seconds later.
     *
     * @param id all of it, or a beginning of at least six characters that only one has
     * @param by who does it, for the record
     * @param owner the uid whose grant it has to be; empty for an administrator
     * @return the grant; empty when there is none, or it is none of theirs: nobody learns which
     */
    Optional<Grant> endGrant(String id, String by, OptionalLong owner) throws StorageException;
}
