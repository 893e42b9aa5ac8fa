/**
 * Does what was decided: the one launch decision, its controls, its grants, and who is governed.
 */
@NullMarked
package io.kepm.elevation;

import org.jspecify.annotations.NullMarked;
