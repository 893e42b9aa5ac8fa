/**
 * The {@code kepm} command: finds the verb, parses what it was given, and ends with its exit code.
 */
@NullMarked
package io.kepm.cli;

import org.jspecify.annotations.NullMarked;
