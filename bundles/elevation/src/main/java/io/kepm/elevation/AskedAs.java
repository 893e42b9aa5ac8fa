package io.kepm.elevation;

/**
 * What a grant does not say and has to be known when its command is judged once more.
 *
 * @param door by which it was asked for
 * @param edit sudoedit
 * @param inside whether its door asks about what it starts
 */
record AskedAs(String door, String cwd, boolean edit, boolean inside) {}
