/** What commands showed: taken down, sealed in files, read again. */
@org.jspecify.annotations.NullMarked
package io.kepm.elevation.recording;
