/**
 * Judges the owners and modes of what the agent loads, and brings the guard's refusals into the
 * audit.
 */
@NullMarked
package io.kepm.trust;

import org.jspecify.annotations.NullMarked;
