package io.kepm.api.linux;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Users and groups, read fresh from the name service. Each look-up has a deadline (setting {@code
 * NameServiceMillis}); one that hangs holds up nobody else.
 */
@ProviderType
public interface Accounts {

    /** From now on a look-up may take so long; two seconds until somebody says otherwise. */
    default void patience(Duration longest) {}

    Optional<Account> byName(String name) throws NameServiceException;

    Optional<Account> byUid(long uid) throws NameServiceException;

    /** Names of all groups of a user, the primary one first. */
    List<String> groups(String userName) throws NameServiceException;

    /** Numbers of all groups of a user, the primary one among them. */
    default List<Long> groupIds(String userName) throws NameServiceException {
        throw new NameServiceException("the groups of `" + userName + "` are not known here");
    }

    /** A user with all groups, in one look-up under one deadline. */
    default Optional<Member> member(String userName) throws NameServiceException {
        Optional<Account> account = byName(userName);
        return account.isPresent()
                ? Optional.of(new Member(account.get(), groups(userName)))
                : Optional.empty();
    }

    /**
     * Begins what {@link #member} does, for a caller that has something else to do meanwhile. The
     * deadline counts from now.
     */
    default LookUp<Optional<Member>> beginMember(String userName) throws NameServiceException {
        return () -> member(userName);
    }

    /** Names of the users listed in a group; empty optional when there is no such group. */
    Optional<List<String>> members(String groupName) throws NameServiceException;

    /** Adds a user to a local group; already being in it is no error. */
    void addToGroup(String userName, String groupName) throws NameServiceException;

    /** Removes a user from a local group; not being in it is no error. */
    void removeFromGroup(String userName, String groupName) throws NameServiceException;

    /**
     * Tells from now on of accounts of this machine (not of a directory) that go: by a look within
     * milliseconds after the kernel says that their file was changed, so also when one of the same
     * name and number is made right after; and of those that went before, as far as it shows.
     */
    default Watch watch(Departures departures) {
        return () -> {};
    }

    /** Hears that an account went, or has another name or number now; should not wait. */
    @FunctionalInterface
    interface Departures {
        /**
         * There was none at that moment: what is of that name and number from before is not of the
         * one that may be there now. Also told of accounts that are new.
         */
        void gone(String name, long uid, Instant before);
    }

    /** Something that is told until it is closed. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** A look-up that goes on. */
    @FunctionalInterface
    interface LookUp<T> {
        /** Waits for the answer, until the deadline at most. To be called once. */
        T await() throws NameServiceException;
    }

    /** One account of the system. */
    record Account(String name, long uid, long gid, String home, String shell) {}

    /**
     * One account and what it belongs to.
     *
     * @param groups names of all its groups, the primary one first
     */
    record Member(Account account, List<String> groups) {
        public Member {
            groups = List.copyOf(groups);
        }
    }

    /** The name service did not answer in time, or refused; whoever asked is denied. */
    final class NameServiceException extends Exception {
        public NameServiceException(String message) {
            super(message);
        }
    }
}
