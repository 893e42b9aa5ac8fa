/** The root-only local Karaf shell: its socket, which commands it runs, and those of our own. */
@NullMarked
package io.kepm.shell;

import org.jspecify.annotations.NullMarked;
