package io.kepm.https;

/**
 * What is kept of whoever signs a browser in, for as long as the session lasts.
 *
 * @param browser the uid whose browser it is for: the owner of each connection has to be that
 * @param session which session; empty while it is only a link
 */
record SignedIn(long browser, String session) {}
