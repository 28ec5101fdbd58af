package dev.bertserve.server.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import dev.bertserve.server.http.Failures;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Makes gRPC's definition of a service, whose calls run on {@code workers} unless they are light.
 */
record ServiceBinding(
    int maxMessageBytes, Executor workers, Failures failures, LongSupplier clock) {

  /** Longest message that is parsed on an event loop. */
  private static final int MAX_LIGHT_BYTES = 64 * 1024;

  ServerServiceDefinition bind(RpcService service) {
    String name = service.definition().getFullName();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(name)
            .setSchemaDescriptor(new Schema(service.definition().getFile()));
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (RpcMethod<?, ?> method : service.methods()) {
      ServerMethodDefinition<?, ?> bound = bind(name, method);
      descriptor.addMethod(bound.getMethodDescriptor());
      methods.add(bound);
    }
    ServerServiceDefinition.Builder definition =
        ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(definition::addMethod);
    return definition.build();
  }

  private <Q extends Message, A extends Message> ServerMethodDefinition<Incoming<Q>, A> bind(
      String service, RpcMethod<Q, A> method) {
    int maxBytes = method.light() ? MAX_LIGHT_BYTES : maxMessageBytes;
    MethodDescriptor<Incoming<Q>, A> descriptor =
        MethodDescriptor.<Incoming<Q>, A>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method.name()))
            .setRequestMarshaller(new IncomingMarshaller<>(method.request(), maxBytes))
            .setResponseMarshaller(ProtoUtils.marshaller(method.response()))
            .build();
    return ServerMethodDefinition.create(
        descriptor,
        (call, headers) -> {
          UnaryCall<Q, A> started = new UnaryCall<>(call, method, workers, failures, clock);
          started.start();
          return started;
        });
  }

  /** The proto file of a service, for reflection. */
  private record Schema(FileDescriptor file) implements ProtoFileDescriptorSupplier {
    @Override
    public FileDescriptor getFileDescriptor() {
      return file;
    }
  }
}
