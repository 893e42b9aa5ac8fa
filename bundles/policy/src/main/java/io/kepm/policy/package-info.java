/** Policy documents, and the decision that follows from them. */
@NullMarked
package io.kepm.policy;

import org.jspecify.annotations.NullMarked;
