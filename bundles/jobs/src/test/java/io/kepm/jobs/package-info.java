/** Tests of the jobs. */
@NullMarked
package io.kepm.jobs;

import org.jspecify.annotations.NullMarked;
