/**
 * The one class that has to live beside the framework's own, to override what is private to its
 * package; not null-marked, because its neighbours are not.
 */
package org.apache.felix.framework;
