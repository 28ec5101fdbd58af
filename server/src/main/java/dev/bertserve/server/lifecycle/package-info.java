/** Where the server is between starting and stopped. */
@NullMarked
package dev.bertserve.server.lifecycle;

import org.jspecify.annotations.NullMarked;
