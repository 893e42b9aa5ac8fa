/** What is told to people who run the machine: a line of the log, and how much of it is kept. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.log;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
