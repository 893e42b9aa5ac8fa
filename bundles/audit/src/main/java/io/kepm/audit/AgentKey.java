package io.kepm.audit;

import io.kepm.api.audit.Checkpoint;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/** The agent's own pair of keys (Ed25519), made with its store and never outside of it. */
record AgentKey(PrivateKey secret, PublicKey shown) {

    private static final String SECRET = "agent-key/private";
    private static final String SHOWN = "agent-key/public";

    static AgentKey of(Storage storage) throws StorageException {
        try {
            Optional<byte[]> secret = storage.get(Table.SECRETS, SECRET);
            Optional<byte[]> shown = storage.get(Table.SECRETS, SHOWN);
            if (secret.isPresent() && shown.isPresent()) {
                KeyFactory factory = KeyFactory.getInstance(Checkpoint.ALGORITHM);
                return new AgentKey(
                        factory.generatePrivate(new PKCS8EncodedKeySpec(secret.get())),
                        factory.generatePublic(new X509EncodedKeySpec(shown.get())));
            }
            KeyPair pair = KeyPairGenerator.getInstance(Checkpoint.ALGORITHM).generateKeyPair();
            storage.commit(
                    new Change(
                            List.of(
                                    new Mutation.Create(
                                            Table.SECRETS, SECRET, pair.getPrivate().getEncoded()),
                                    new Mutation.Create(
                                            Table.SECRETS, SHOWN, pair.getPublic().getEncoded())),
                            List.of()));
            return new AgentKey(pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new StorageException("this Java can't sign: " + e, e);
        }
    }

    @Override
    public String toString() {
        return "agent key";
    }
}
