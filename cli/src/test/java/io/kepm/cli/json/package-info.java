/** Tests of the command line. */
@NullMarked
package io.kepm.cli.json;

import org.jspecify.annotations.NullMarked;
