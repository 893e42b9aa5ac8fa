/** Who may have touched what the agent loads. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.trust;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
