/** Copies of every record to places outside of this machine's store, never in anybody's way. */
@NullMarked
package io.kepm.audit.export;

import org.jspecify.annotations.NullMarked;
