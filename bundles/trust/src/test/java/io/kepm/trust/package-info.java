/** Tests of the judgement over files and of the adoption of refusals. */
@NullMarked
package io.kepm.trust;

import org.jspecify.annotations.NullMarked;
