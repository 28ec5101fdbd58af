package dev.bertserve.benchmarks.load;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The built distribution as a process that serves a model; its log goes to a file. */
final class Served implements AutoCloseable {

  private static final long READY_SECONDS = 120;
  private static final long POLL_MILLIS = 50;

  private final Process process;
  private final int port;
  private final Path log;

  /** Starts it and waits until it is ready. */
  Served(BarSettings settings, String... flags) throws IOException, InterruptedException {
    port = freePort();
    log = Path.of(settings.results() + ".server.log");
    List<String> command = new ArrayList<>();
    command.add(settings.distribution().resolve("bin/bertserve").toString());
    command.addAll(List.of("serve", settings.model().toString()));
    command.addAll(List.of("--port", Integer.toString(port), "--host", "127.0.0.1"));
    command.addAll(List.of("--precision", settings.precision().label()));
    command.addAll(List.of(flags));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("BERTSERVE_JAVA_OPTS", "-Dio.netty.leakDetection.level=advanced");
    File file = log.toFile();
    process =
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.to(file)).start();
    awaitReady();
  }

  int port() {
    return port;
  }

  URI predict() {
    return URI.create("http://127.0.0.1:" + port + "/predict");
  }

  Meters meters() throws IOException, InterruptedException {
    return Meters.read(URI.create("http://127.0.0.1:" + port + "/metrics"));
  }

  /** Resident memory of the process. */
  double residentMegabytes() throws IOException {
    return Memory.residentMegabytes(process.pid());
  }

  Memory memory() {
    return new Memory(process.pid());
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** The exit status; -1 if it has not ended after {@code seconds}. */
  int awaitEnd(long seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  /** Number of leaks that Netty's detector found. */
  int leakReports() throws IOException {
    return (int) Files.readAllLines(log).stream().filter(line -> line.contains("LEAK:")).count();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void awaitReady() throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest health =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (System.nanoTime() < deadline && process.isAlive()) {
      try {
        if (client.send(health, BodyHandlers.discarding()).statusCode() == LoadResult.OK) {
          return;
        }
      } catch (IOException notYet) {
        // The port is not open yet.
      }
      Thread.sleep(POLL_MILLIS);
    }
    process.destroyForcibly();
    throw new IOException("server: not ready (expected: within 120 s); see " + log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
