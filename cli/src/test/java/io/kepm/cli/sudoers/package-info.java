/** Tests. */
@NullMarked
package io.kepm.cli.sudoers;

import org.jspecify.annotations.NullMarked;
