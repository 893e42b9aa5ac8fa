/** Tests of the command line. */
@NullMarked
package io.kepm.cli.agent;

import org.jspecify.annotations.NullMarked;
