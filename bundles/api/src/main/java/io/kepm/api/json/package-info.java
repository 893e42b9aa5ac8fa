/** Reading of what was sent as JSON, the same at each door. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.json;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
