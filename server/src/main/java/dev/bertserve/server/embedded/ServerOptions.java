package dev.bertserve.server.embedded;

/**
 * How a {@link TextServer} is started; all that it does not say is as {@code bertserve serve} has
 * it.
 *
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param grpcPort port of the gRPC services; 0 for none, -1 takes a free one
 * @param model how the model is opened
 */
public record ServerOptions(String host, int port, int grpcPort, ModelOptions model) {

  /** A free port of this machine's own address, HTTP alone. */
  public static final ServerOptions DEFAULT =
      new ServerOptions("127.0.0.1", 0, 0, ModelOptions.DEFAULT);

  /** The same options with another address and port. */
  public ServerOptions withAddress(String otherHost, int otherPort) {
    return new ServerOptions(otherHost, otherPort, grpcPort, model);
  }

  /** The same options with another port of the gRPC services. */
  public ServerOptions withGrpcPort(int other) {
    return new ServerOptions(host, port, other, model);
  }

  /** The same options with another way to open the model. */
  public ServerOptions withModel(ModelOptions other) {
    return new ServerOptions(host, port, grpcPort, other);
  }
}
