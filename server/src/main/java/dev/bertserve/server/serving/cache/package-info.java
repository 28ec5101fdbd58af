/** Answers to rows that were seen before. */
@NullMarked
package dev.bertserve.server.serving.cache;

import org.jspecify.annotations.NullMarked;
