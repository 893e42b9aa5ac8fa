/** Fakes of what this package names. */
@NullMarked
package io.kepm.api.trust;

import org.jspecify.annotations.NullMarked;
