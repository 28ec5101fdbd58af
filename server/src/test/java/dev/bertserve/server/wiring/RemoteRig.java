package dev.bertserve.server.wiring;

import dev.bertserve.server.fixture.FakeStorage;
import dev.bertserve.server.fixture.FaultyProxy;
import dev.bertserve.server.prepared.CacheFolder;
import dev.bertserve.server.prepared.Downloads;
import dev.bertserve.server.storage.StorageFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of a fake of Cloud Storage for each test, and a place for downloads. */
abstract class RemoteRig {

  private static final String BUCKET = "models";

  private static FakeStorage storage;
  private static int tests;

  @TempDir Path cache;
  private final String name = "model" + tests++;
  final String uri = "gs://" + BUCKET + "/" + name;
  FaultyProxy proxy;
  Downloads downloads;

  @BeforeAll
  static void startStorage() throws IOException {
    storage = FakeStorage.start();
    storage.createBucket(BUCKET);
  }

  @AfterAll
  static void stopStorage() {
    if (storage != null) {
      storage.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    proxy = new FaultyProxy(storage.uri());
    downloads = Downloads.beside(CacheFolder.chosen(cache));
  }

  @AfterEach
  void stop() {
    downloads.close();
    proxy.close();
  }

  StorageFolder bucket() {
    return StorageFolder.parse(uri);
  }

  Map<String, String> environment() {
    return Map.of("STORAGE_EMULATOR_HOST", proxy.uri());
  }

  /** Writes objects whose contents are their paths. */
  void put(String... paths) throws IOException {
    for (String path : paths) {
      storage.put(BUCKET, name + "/" + path, path.getBytes(StandardCharsets.UTF_8));
    }
  }
}
