/** The record of what happened: durable before the effect, in one order, and checked. */
@NullMarked
package io.kepm.audit;

import org.jspecify.annotations.NullMarked;
