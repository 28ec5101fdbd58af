package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Replaces the version of a served model by the next number, again and again. Every version is a
 * link to the same model. One thread.
 */
final class Swaps {

  private static final long MAX_SECONDS = 120;
  private static final long POLL_MILLIS = 50;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path folder;
  private final Path model;
  private long version = 1;

  /** {@code folder} has one version, 1. */
  Swaps(Path folder, Path model) {
    this.folder = folder;
    this.model = model;
  }

  /** A folder with version 1 of {@code model}. */
  static Path folder(Path model) throws IOException {
    Path folder = Files.createTempDirectory("versions");
    Files.createSymbolicLink(folder.resolve("1"), model.toAbsolutePath());
    return folder;
  }

  /** Adds a version and waits until the version before is unloaded. */
  void next(int port) throws IOException, InterruptedException {
    Files.createSymbolicLink(folder.resolve(Long.toString(version + 1)), model.toAbsolutePath());
    URI before = URI.create("http://127.0.0.1:" + port + "/v1/models/bert/versions/" + version);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
    while (!state(before).contains("\"END\"")) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(
            "version " + version + ": " + state(before) + " (expected: END within 120 s)");
      }
      Thread.sleep(POLL_MILLIS);
    }
    Files.delete(folder.resolve(Long.toString(version)));
    version++;
  }

  private String state(URI uri) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }
}
