/** The network door: TLS, the Unix socket, who may call which route, and the routes themselves. */
@NullMarked
package io.kepm.https;

import org.jspecify.annotations.NullMarked;
