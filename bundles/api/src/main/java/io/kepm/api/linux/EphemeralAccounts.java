package io.kepm.api.linux;

import io.kepm.api.linux.Accounts.Account;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Accounts that are made for one grant and go with it: nobody can log in as one, and its command
 * can do what everybody can, and what the groups let it that it was made with. Safe for use by many
 * threads.
 */
@ProviderType
public interface EphemeralAccounts {

    String PREFIX = "keeperusersession-";

    /**
     * How the account of a grant is named: by the end of its id, which is chance (RFC 9562), in 32
     * characters at most (useradd(8)).
     */
    static String name(String grantId) {
        String plain = grantId.replace("-", "");
        return PREFIX + plain.substring(Math.max(0, plain.length() - 12));
    }

    /**
     * Makes the account of a grant.
     *
     * @param groups numbers of those it belongs to beside its own
     * @throws IOException when it can't be made, and why; nothing of it is left then
     */
    Account create(String grantId, List<Long> groups) throws IOException;

    /**
     * Ends what runs as it, and removes it with its home and what it left in folders that everybody
     * can write to. One that is not there is no error.
     *
     * @throws IOException when something of it is left
     */
    void remove(String name) throws IOException;

    /** The names of those that are there. */
    Set<String> present() throws IOException;
}
