/** The agent's log: one pipeline from whoever says something to the file and the outputs. */
@NullMarked
package io.kepm.audit.log;

import org.jspecify.annotations.NullMarked;
