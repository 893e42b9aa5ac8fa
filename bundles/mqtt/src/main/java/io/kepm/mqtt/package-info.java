/** The broker for launched processes and parts of the agent: guard, sessions, its own topics. */
@NullMarked
package io.kepm.mqtt;

import org.jspecify.annotations.NullMarked;
