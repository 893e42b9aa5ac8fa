/** JSON as values, read and written without reflection so that the command starts quickly. */
@NullMarked
package io.kepm.cli.json;

import org.jspecify.annotations.NullMarked;
