/** Everything that the agent asks of the Linux kernel and the name service. */
@NullMarked
package io.kepm.linux;

import org.jspecify.annotations.NullMarked;
