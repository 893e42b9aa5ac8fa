/** Tests of the command line. */
@NullMarked
package io.kepm.cli.text;

import org.jspecify.annotations.NullMarked;
