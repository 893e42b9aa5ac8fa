package io.kepm.api.storage;

/** A change could not be made durable, or a value not be read; its text says why and what to do. */
public final class StorageException extends Exception {

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
