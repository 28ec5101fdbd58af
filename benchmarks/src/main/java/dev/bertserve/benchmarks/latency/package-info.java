/** The steps of one request, each compared with the simplest implementation. */
@NullMarked
package dev.bertserve.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
