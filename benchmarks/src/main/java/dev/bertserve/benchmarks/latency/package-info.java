/** The steps of one request, each beside the plainest way to do the same. */
@NullMarked
package dev.bertserve.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
