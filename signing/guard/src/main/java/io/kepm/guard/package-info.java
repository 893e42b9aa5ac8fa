/** Starts the agent, and lets only those bundles into it that the signed list names. */
@NullMarked
package io.kepm.guard;

import org.jspecify.annotations.NullMarked;
