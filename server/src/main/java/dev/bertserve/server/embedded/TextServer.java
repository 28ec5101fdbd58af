package dev.bertserve.server.embedded;

import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.server.wiring.ModelSettings;
import dev.bertserve.server.wiring.NamedModel;
import dev.bertserve.server.wiring.ServerSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A server within this program, which answers as {@code bertserve serve} does on all of its routes.
 * Any thread; any number of servers in one JVM, each with its own models, port and threads.
 *
 * <pre>{@code
 * try (TextServer server = TextServer.start("/path/to/model")) {
 *   System.out.println("http://127.0.0.1:" + server.port() + "/predict");
 *   ...
 * }
 * }</pre>
 */
public final class TextServer implements AutoCloseable {

  private final InferenceServer server;
  private final ServerSettings settings;

  private TextServer(InferenceServer server, ServerSettings settings) {
    this.server = server;
    this.settings = settings;
  }

  /** Starts a server with {@link ServerOptions#DEFAULT}. */
  public static TextServer start(String location) throws IOException {
    return start(location, ServerOptions.DEFAULT);
  }

  /**
   * Listens, and loads and warms up a model named bert, which takes seconds. Returns when requests
   * are served.
   *
   * @param location as {@link TextModel#open} takes it
   * @throws IOException if the port is not free, or the model cannot be read
   * @throws IllegalArgumentException if there is no such model, or an option is invalid
   * @throws RuntimeException if the model cannot be served; one line says why
   */
  public static TextServer start(String location, ServerOptions options) throws IOException {
    return started(List.of(new NamedModel(ModelSettings.DEFAULT_NAME, location)), options);
  }

  /**
   * The same with several models, which share the limits in flight and the cache equally.
   *
   * @param models each as {@code NAME=PATH}, such as {@code --model} of {@code bertserve serve}
   *     takes it; the first one answers requests that name none
   */
  public static TextServer start(List<String> models, ServerOptions options) throws IOException {
    return started(models.stream().map(NamedModel::parse).toList(), options);
  }

  private static TextServer started(List<NamedModel> named, ServerOptions options)
      throws IOException {
    VersionOptions versions = options.versions();
    ModelSettings models =
        ModelSettings.of(
            named, versions.which(), versions.poll(), versions.labels(), versions.control());
    Map<String, ModelLocation> locations =
        models.locations(options.model().signature(), Optional.empty());
    ServerSettings settings =
        ServerSettings.of(
            models,
            options.host(),
            options.port(),
            options.grpcPort(),
            options.access(),
            options.model().engine());
    TextServer started = new TextServer(InferenceServer.listen(settings), settings);
    try {
      started.server.load(locations);
    } catch (IOException | RuntimeException | Error e) {
      started.close();
      throw e;
    }
    return started;
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** The port of the gRPC services; empty if they are off. */
  public OptionalInt grpcPort() {
    return server.grpcPort();
  }

  /**
   * Answers the accepted requests, within eight seconds, then ends all threads and frees the
   * models' memory.
   */
  @Override
  public void close() {
    try {
      server.stop(settings.drainTimeout());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
