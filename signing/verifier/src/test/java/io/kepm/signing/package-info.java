/** Tests of the signed list. */
@NullMarked
package io.kepm.signing;

import org.jspecify.annotations.NullMarked;
