/** Fakes of what this package names. */
@NullMarked
package io.kepm.api.linux;

import org.jspecify.annotations.NullMarked;
