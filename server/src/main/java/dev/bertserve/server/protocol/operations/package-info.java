/** Health and metrics pages. */
@NullMarked
package dev.bertserve.server.protocol.operations;

import org.jspecify.annotations.NullMarked;
