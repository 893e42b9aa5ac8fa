/** What parts of the agent say and hear at the broker without a connection (api-mqtt.md §5). */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.messages;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
