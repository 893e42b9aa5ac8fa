package io.kepm.audit;

import io.kepm.api.audit.AuditLog.Verification;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StoreCare;
import java.security.KeyPairGenerator;
import java.util.Optional;

/** The agent's own check of a whole store, for a measurement. */
public final class WholeCheck {

    private WholeCheck() {}

    /**
     * How many records follow each other.
     *
     * @throws IllegalStateException when one does not
     */
    public static long records(Storage storage, StoreCare store) throws Exception {
        Verification checked =
                new ChainCheck(
                                storage,
                                store,
                                KeyPairGenerator.getInstance("Ed25519")
                                        .generateKeyPair()
                                        .getPublic())
                        .whole(Optional.empty());
        if (!checked.intact()) {
            throw new IllegalStateException(checked.toString());
        }
        return checked.records();
    }
}
