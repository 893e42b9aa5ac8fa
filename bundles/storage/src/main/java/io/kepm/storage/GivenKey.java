package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import javax.crypto.SecretKey;

/** A master key in somebody else's care: the agent reads it, and never makes or changes it. */
interface GivenKey {

    /**
     * The key as it is there now.
     *
     * @throws StorageException when there is none; says what is missing and what to do
     */
    SecretKey read() throws StorageException;

    /** Where it is, for people. */
    String place();

    /** How it is changed, for people. */
    String change();
}
