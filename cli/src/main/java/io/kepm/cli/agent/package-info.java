/** How the command line asks the agent: HTTP/1.1 over its Unix socket. */
@NullMarked
package io.kepm.cli.agent;

import org.jspecify.annotations.NullMarked;
