/** Downloads from a bucket. */
@NullMarked
package dev.bertserve.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
