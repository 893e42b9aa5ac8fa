package io.kepm.api.linux;

/** Who is at the other end of a Unix socket, as the kernel noted it at connect (SO_PEERCRED). */
public record Peer(int pid, long uid, long gid) {}
