package dev.bertserve.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;

/**
 * Makes what follows a call from its headers to its end.
 *
 * @param limits for calls of services
 * @param others for calls of gRPC Java's services, which need no token and never expire: they must
 *     not keep out the former
 */
record CallTracers(OpenCalls calls, ArrivalLimits limits, ArrivalLimits others) {

  /** To be added before {@link #ofArrivals}, whose tracers cancel calls. */
  ServerStreamTracer.Factory ofCalls() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return calls.begin(method);
      }
    };
  }

  /** The messages of gRPC Java's services are always small. */
  ServerStreamTracer.Factory ofArrivals() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return calls.contains(method) ? new Arrival(limits, false) : new Arrival(others, true);
      }
    };
  }
}
