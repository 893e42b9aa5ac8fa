/** What happened: records, their chain, and the log that keeps them. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.audit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
