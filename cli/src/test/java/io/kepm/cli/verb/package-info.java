/** Tests of the command line. */
@NullMarked
package io.kepm.cli.verb;

import org.jspecify.annotations.NullMarked;
