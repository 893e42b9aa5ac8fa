/** The door of the sudo plugin, and the proof that every sudo of the machine asks at it. */
@NullMarked
package io.kepm.sudo;

import org.jspecify.annotations.NullMarked;
