/** Memory that runs out where a test says so. */
@NullMarked
package io.kepm.api.memory;

import org.jspecify.annotations.NullMarked;
