package io.kepm.https;

import java.util.OptionalLong;

/**
 * What is kept of whoever signs a browser in, for as long as the session lasts.
 *
 * @param login the user that had logged in where the link was asked for, as {@link LoginUid} says
 * @param browser the uid whose browser it is for: the owner of each connection has to be that
 * @param session which session; empty while it is only a link
 */
record SignedIn(OptionalLong login, long browser, String session) {}
