/** The signed list of digests: what a distribution consists of, and who says so. */
@NullMarked
package io.kepm.signing;

import org.jspecify.annotations.NullMarked;
