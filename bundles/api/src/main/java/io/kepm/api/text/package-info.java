/** Texts of people, as one line for a terminal or a log, or as words of a command. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.text;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
