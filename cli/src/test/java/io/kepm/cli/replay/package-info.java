/** Tests. */
@NullMarked
package io.kepm.cli.replay;

import org.jspecify.annotations.NullMarked;
