package io.kepm.mqtt;

import io.kepm.api.messages.Login;
import io.kepm.api.trust.Launches;

/** The identity of a plugin, lent to its bundle. */
record Lent(String clientId, Launches.Errand errand) implements Login {

    @Override
    public byte[] secret() {
        return errand.secret();
    }

    @Override
    public void close() {
        errand.close();
    }

    /** The secret stays out of every log. */
    @Override
    public String toString() {
        return "Lent[" + clientId + "]";
    }
}
