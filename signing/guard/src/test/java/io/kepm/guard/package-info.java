/** Tests of the guard, with the real framework. */
@NullMarked
package io.kepm.guard;

import org.jspecify.annotations.NullMarked;
