/** State of the server, from starting to stopped. */
@NullMarked
package dev.bertserve.server.lifecycle;

import org.jspecify.annotations.NullMarked;
