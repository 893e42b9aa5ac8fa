/** How a part of the agent says whether it is well. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.health;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
