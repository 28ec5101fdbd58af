/** Ratios between benchmarks of one run, compared with a committed baseline. */
@NullMarked
package dev.bertserve.benchmarks.guard;

import org.jspecify.annotations.NullMarked;
