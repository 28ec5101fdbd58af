/** Bertserve as a library: a model within another program, without a listener. */
@NullMarked
package dev.bertserve.server.embedded;

import org.jspecify.annotations.NullMarked;
