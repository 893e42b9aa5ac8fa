package io.kepm.api.messages;

import org.osgi.annotation.versioning.ProviderType;

/** An identity at the broker and the API that is lent to a bundle; whoever has it closes it. */
@ProviderType
public interface Login extends AutoCloseable {

    /** Client id and user name. */
    String clientId();

    /** The secret itself in ASCII, not a copy; zeros once it is given back. */
    byte[] secret();

    /** From now on it is nobody's, and connections with it end. */
    @Override
    void close();
}
