package dev.bertserve.server.embedded;

import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.server.wiring.ModelSettings;
import dev.bertserve.server.wiring.ServerSettings;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A server within this program, which answers as {@code bertserve serve} does on all of its routes,
 * with a model named bert. Any thread; any number of servers in one JVM, each with its own model,
 * port and threads.
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
   * Listens, and loads and warms up a model, which takes seconds. Returns when requests are served.
   *
   * @param location as {@link TextModel#open} takes it
   * @throws IOException if the port is not free, or the model cannot be read
   * @throws IllegalArgumentException if there is no such model, or an option is invalid
   * @throws RuntimeException if the model cannot be served; one line says why
   */
  public static TextServer start(String location, ServerOptions options) throws IOException {
    ModelLocation model = ModelLocation.of(location, options.model().signature(), Optional.empty());
    ServerSettings settings =
        ServerSettings.of(
            ModelSettings.ofOne(location, options.versions(), options.versionPoll()),
            options.host(),
            options.port(),
            options.grpcPort(),
            options.access(),
            options.model().engine());
    TextServer started = new TextServer(InferenceServer.listen(settings), settings);
    try {
      started.server.load(model);
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
   * model's memory.
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
