package dev.bertserve.server.rpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;

/**
 * A service, and its methods that this server has.
 *
 * @param definition names and messages, as its proto file states them
 */
public record RpcService(ServiceDescriptor definition, List<RpcMethod<?, ?>> methods) {

  public RpcService {
    methods = List.copyOf(methods);
    for (RpcMethod<?, ?> method : methods) {
      if (definition.findMethodByName(method.name()) == null) {
        throw new IllegalArgumentException(
            "method: " + method.name() + " (expected: one of " + definition.getFullName() + ")");
      }
    }
  }

  /** The name of {@code method} on the wire. */
  public String fullName(RpcMethod<?, ?> method) {
    return definition.getFullName() + "/" + method.name();
  }
}
