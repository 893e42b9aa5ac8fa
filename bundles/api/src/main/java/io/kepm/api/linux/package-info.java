/** What the agent asks of the operating system; another system is another bundle. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.linux;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
