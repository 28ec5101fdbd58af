/** The use case: admit, tokenise, queue, run, gather; knows neither sockets nor tensors. */
@NullMarked
package dev.bertserve.server.serving;

import org.jspecify.annotations.NullMarked;
