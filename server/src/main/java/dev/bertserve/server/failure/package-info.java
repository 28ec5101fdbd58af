/** What can go wrong, in words that a client may see. */
@NullMarked
package dev.bertserve.server.failure;

import org.jspecify.annotations.NullMarked;
