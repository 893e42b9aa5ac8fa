@NullMarked
package io.kepm.linux;

import org.jspecify.annotations.NullMarked;
