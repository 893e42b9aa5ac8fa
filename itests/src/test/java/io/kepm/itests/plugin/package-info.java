/** Code that travels into the agent inside of bundles of the forge. */
@NullMarked
package io.kepm.itests.plugin;

import org.jspecify.annotations.NullMarked;
