@NullMarked
package io.kepm.sudo;

import org.jspecify.annotations.NullMarked;
