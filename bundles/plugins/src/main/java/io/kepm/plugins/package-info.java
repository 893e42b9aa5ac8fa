/** What runs beside the agent: installed whole or not at all, started in order, looked after. */
@NullMarked
package io.kepm.plugins;

import org.jspecify.annotations.NullMarked;
