/** The encrypted store with its single writer, and the settings that are read once at start. */
@NullMarked
package io.kepm.storage;

import org.jspecify.annotations.NullMarked;
