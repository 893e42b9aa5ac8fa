/** What is kept: changes for the single writer, and reads. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.storage;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
