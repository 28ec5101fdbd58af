/** Netty: sockets, framing, order of replies. */
@NullMarked
package dev.bertserve.server.http;

import org.jspecify.annotations.NullMarked;
