package dev.bertserve.server.grpc;

import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message of a client as it was read.
 *
 * @param message null if it is malformed
 * @param problem why it is malformed; otherwise empty
 */
record Incoming<Q extends Message>(@Nullable Q message, String problem) {}
