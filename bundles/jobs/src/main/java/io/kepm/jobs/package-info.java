/** Job documents, their triggers and runs, and the built-in tasks. */
@NullMarked
package io.kepm.jobs;

import org.jspecify.annotations.NullMarked;
