/** The one launch decision, its grants, and who is governed. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.elevation;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
