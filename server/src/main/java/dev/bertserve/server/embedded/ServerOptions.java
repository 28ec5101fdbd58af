package dev.bertserve.server.embedded;

import dev.bertserve.server.access.AccessFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link TextServer} is started; all that it does not say is as {@code bertserve serve} has
 * it.
 *
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param grpcPort port of the gRPC services; 0 for none, -1 takes a free one
 * @param model how the model is opened
 * @param access files of the server's certificate and of the tokens of its callers; they are read
 *     again when they change
 * @param versions which versions of its models are served
 */
public record ServerOptions(
    String host,
    int port,
    int grpcPort,
    ModelOptions model,
    AccessFiles access,
    VersionOptions versions) {

  /** A free port of this machine's own address, HTTP alone, for everybody; the latest version. */
  public static final ServerOptions DEFAULT =
      new ServerOptions(
          "127.0.0.1", 0, 0, ModelOptions.DEFAULT, AccessFiles.NONE, VersionOptions.DEFAULT);

  /** The same options with another address and port. */
  public ServerOptions withAddress(String otherHost, int otherPort) {
    return new ServerOptions(otherHost, otherPort, grpcPort, model, access, versions);
  }

  /** The same options with another port of the gRPC services. */
  public ServerOptions withGrpcPort(int other) {
    return new ServerOptions(host, port, other, model, access, versions);
  }

  /** The same options with another way to open the model. */
  public ServerOptions withModel(ModelOptions other) {
    return new ServerOptions(host, port, grpcPort, other, access, versions);
  }

  /**
   * The same options with TLS on both ports, as {@code --tls-certificate} and {@code --tls-key}.
   */
  public ServerOptions withTls(Path certificate, Path key) {
    return with(new AccessFiles(Optional.of(certificate), Optional.of(key), access.tokens()));
  }

  /** The same options for callers with a token of {@code file}, as {@code --token-file}. */
  public ServerOptions withTokens(Path file) {
    return with(new AccessFiles(access.certificate(), access.key(), Optional.of(file)));
  }

  private ServerOptions with(AccessFiles other) {
    return new ServerOptions(host, port, grpcPort, model, other, versions);
  }

  /** The same options with other versions, and another time between two looks for new ones. */
  public ServerOptions withVersions(String which, Duration poll) {
    return with(new VersionOptions(which, poll, versions.labels(), versions.control()));
  }

  /** The same options with names of versions, each as {@code --label} takes it. */
  public ServerOptions withLabels(List<String> labels) {
    return with(new VersionOptions(versions.which(), versions.poll(), labels, versions.control()));
  }

  /** The same options for requests that load and unload models, as {@code --model-control}. */
  public ServerOptions withModelControl() {
    return with(new VersionOptions(versions.which(), versions.poll(), versions.labels(), true));
  }

  private ServerOptions with(VersionOptions other) {
    return new ServerOptions(host, port, grpcPort, model, access, other);
  }
}
