/** The broker, tried by its own parts and by real clients. */
@NullMarked
package io.kepm.mqtt;

import org.jspecify.annotations.NullMarked;
