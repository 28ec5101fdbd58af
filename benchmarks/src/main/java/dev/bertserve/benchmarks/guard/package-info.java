/** Ratios between benchmarks of one run, held to a committed baseline. */
@NullMarked
package dev.bertserve.benchmarks.guard;

import org.jspecify.annotations.NullMarked;
