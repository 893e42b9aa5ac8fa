/** What the rules of sudo become as policies; whatever has no counterpart becomes a warning. */
@NullMarked
package io.kepm.cli.sudoers;

import org.jspecify.annotations.NullMarked;
