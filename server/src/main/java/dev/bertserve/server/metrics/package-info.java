/** Meters, and the page of them. */
@NullMarked
package dev.bertserve.server.metrics;

import org.jspecify.annotations.NullMarked;
