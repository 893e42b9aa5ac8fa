/** What recorded requests would be answered by other policies. */
@NullMarked
package io.kepm.cli.replay;

import org.jspecify.annotations.NullMarked;
