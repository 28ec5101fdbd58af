/**
 * The use case: admit, encode, queue, run and gather the rows of requests. Knows neither sockets
 * nor tensors.
 */
@NullMarked
package dev.bertserve.server.serving;

import org.jspecify.annotations.NullMarked;
