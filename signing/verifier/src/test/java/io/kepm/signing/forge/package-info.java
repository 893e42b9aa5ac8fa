/** Makes signed jars, good and bad ones, for tests here and elsewhere. */
@NullMarked
package io.kepm.signing.forge;

import org.jspecify.annotations.NullMarked;
