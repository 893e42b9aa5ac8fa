/** What people see: catalogue, terminal, tables, times, and the escaping of every outside text. */
@NullMarked
package io.kepm.cli.text;

import org.jspecify.annotations.NullMarked;
