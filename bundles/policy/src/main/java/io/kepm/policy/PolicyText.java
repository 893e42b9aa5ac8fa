package io.kepm.policy;

/** One file of policies as it was read: its name in the folder and its bytes. */
record PolicyText(String name, byte[] bytes) {}
