/** The Open Inference Protocol, version 2, as Triton and KServe speak it over HTTP. */
@NullMarked
package dev.bertserve.server.protocol.oip;

import org.jspecify.annotations.NullMarked;
