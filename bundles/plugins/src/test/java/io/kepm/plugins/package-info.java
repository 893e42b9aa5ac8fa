/** Plugins without a framework: documents, versions, packages, life cycle, hot install. */
@NullMarked
package io.kepm.plugins;

import org.jspecify.annotations.NullMarked;
