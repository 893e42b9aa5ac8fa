@NullMarked
package io.kepm.api;

import org.jspecify.annotations.NullMarked;
