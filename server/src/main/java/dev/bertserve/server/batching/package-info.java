/** Plans batches from waiting rows: shapes, positions, cost and fair turns. JDK only, one lock. */
@NullMarked
package dev.bertserve.server.batching;

import org.jspecify.annotations.NullMarked;
