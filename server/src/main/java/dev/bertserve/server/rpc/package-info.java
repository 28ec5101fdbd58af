/** The seam between gRPC and the protocols: services and their methods, without a transport. */
@NullMarked
package dev.bertserve.server.rpc;

import org.jspecify.annotations.NullMarked;
