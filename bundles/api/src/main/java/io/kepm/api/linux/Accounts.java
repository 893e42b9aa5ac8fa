package io.kepm.api.linux;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Users and groups, read fresh from the name service. Each look-up has a deadline (setting {@code
 * NameServiceMillis}); one that hangs holds up nobody else.
 */
@ProviderType
public interface Accounts {

    Optional<Account> byName(String name) throws NameServiceException;

    Optional<Account> byUid(long uid) throws NameServiceException;

    /** Names of all groups of a user, the primary one first. */
    List<String> groups(String userName) throws NameServiceException;

    /** Names of the users listed in a group; empty optional when there is no such group. */
    Optional<List<String>> members(String groupName) throws NameServiceException;

    /** Adds a user to a local group; already being in it is no error. */
    void addToGroup(String userName, String groupName) throws NameServiceException;

    /** Removes a user from a local group; not being in it is no error. */
    void removeFromGroup(String userName, String groupName) throws NameServiceException;

    /** One account of the system. */
    record Account(String name, long uid, long gid, String home, String shell) {}

    /** The name service did not answer in time, or refused; whoever asked is denied. */
    final class NameServiceException extends Exception {
        public NameServiceException(String message) {
            super(message);
        }
    }
}
