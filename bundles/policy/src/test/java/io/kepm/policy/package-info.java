@NullMarked
package io.kepm.policy;

import org.jspecify.annotations.NullMarked;
