/** Tests of the command line. */
@NullMarked
package io.kepm.cli;

import org.jspecify.annotations.NullMarked;
