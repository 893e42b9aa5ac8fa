package io.kepm.sudo;

/** What the door heard of the canary: whether a nonce came in by a sudo that asked first. */
public interface CanaryEar {

    /** A fresh nonce, 64 hex digits, that is listened for from now on. */
    String issue();

    /** Whether it arrived; it is listened for no more. */
    boolean heard(String nonce);
}
