package io.kepm.api.policy;

/** A policy, named the way records and people name it. */
public record PolicyRef(String id, String name, int version) {}
