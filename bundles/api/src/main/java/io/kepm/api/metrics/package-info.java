/** What can be counted and measured, and by whom; nothing of it says who did what. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.metrics;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
