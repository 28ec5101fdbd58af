/** gRPC: connections, messages and statuses of calls (gRPC Java over Netty). */
@NullMarked
package dev.bertserve.server.grpc;

import org.jspecify.annotations.NullMarked;
