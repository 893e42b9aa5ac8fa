/** What the agent asks of a policy engine, and what it is told. */
@Export
@Version("1.0.0")
@NullMarked
package io.kepm.api.policy;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
