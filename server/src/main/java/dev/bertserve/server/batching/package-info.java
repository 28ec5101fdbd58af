/** Rows in, closed batches out; generic, single lock. */
@NullMarked
package dev.bertserve.server.batching;

import org.jspecify.annotations.NullMarked;
