/** Settings: each declared once, typed, with its unit, range and sentence. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.settings;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
