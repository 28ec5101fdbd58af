package dev.bertserve.server.grpc;

import dev.bertserve.server.http.ByteBound;

/**
 * Limits on the memory of arriving calls.
 *
 * @param small for the first {@link #SMALL_BYTES} of each message and for the calls themselves, so
 *     that large messages do not keep out small ones
 * @param large for the rest of each message
 */
record ArrivalLimits(ByteBound small, ByteBound large) {

  static final int SMALL_BYTES = 16 * 1024;
}
