/** Counters and histograms, each fed from one place. */
@NullMarked
package dev.bertserve.server.metrics;

import org.jspecify.annotations.NullMarked;
