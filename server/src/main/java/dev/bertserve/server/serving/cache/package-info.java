/** Cached outputs of rows. */
@NullMarked
package dev.bertserve.server.serving.cache;

import org.jspecify.annotations.NullMarked;
