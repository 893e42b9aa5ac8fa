/** What runs beside the agent, and how it is looked after (plugins-jobs-settings.md §1). */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.plugins;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
