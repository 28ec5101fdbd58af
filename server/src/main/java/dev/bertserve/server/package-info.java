/** The entry point. */
@NullMarked
package dev.bertserve.server;

import org.jspecify.annotations.NullMarked;
