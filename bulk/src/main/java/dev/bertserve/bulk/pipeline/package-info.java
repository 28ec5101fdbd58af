/** The ready pipeline: rows of files or tables in, their scores out. */
@NullMarked
package dev.bertserve.bulk.pipeline;

import org.jspecify.annotations.NullMarked;
