package io.kepm.api.trust;

import io.kepm.api.linux.Accounts.NameServiceException;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Which programs may run in the session of a user who is no administrator (setting {@code
 * AllowedNonAdminExecutables}); to be asked before a task of {@code User} or {@code UserDesktop}.
 */
@ProviderType
public interface UserPrograms {

    /**
     * Why a program may not; empty when it may.
     *
     * @param userName whose session it is
     * @throws NameServiceException when nobody can say whether that is an administrator: it may not
     */
    Optional<String> refusal(Path executable, String userName) throws NameServiceException;
}
