/** The verbs of {@code kepm}, one class each. */
@NullMarked
package io.kepm.cli.verb;

import org.jspecify.annotations.NullMarked;
