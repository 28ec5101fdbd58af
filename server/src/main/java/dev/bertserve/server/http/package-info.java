/** Netty: sockets, framing, order of responses. */
@NullMarked
package dev.bertserve.server.http;

import org.jspecify.annotations.NullMarked;
