package io.kepm.sudo;

/** A frame that is not what the protocol says; its text names the field. */
final class MalformedException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }
}
