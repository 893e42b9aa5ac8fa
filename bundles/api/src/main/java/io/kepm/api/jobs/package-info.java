/** What runs by itself or on request, as the doors see it, and what others add to it. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.jobs;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
