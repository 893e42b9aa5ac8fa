package io.kepm.cli.agent;

/** What came back for one request: the HTTP status and the bytes of the body. */
public record Answer(int status, byte[] body) {}
