package dev.bertserve.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auth.Credentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.NoCredentials;
import dev.bertserve.server.fixture.FakeStorage;
import dev.bertserve.server.fixture.FaultyProxy;
import dev.bertserve.server.fixture.FaultyProxy.Download;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder of a fake of Cloud Storage, with a proxy between that breaks things. */
@Timeout(60)
final class StoredFolderTest {

  private static final String BUCKET = "models";
  private static final int PART_BYTES = 40_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] WEIGHTS = new byte[100_000];
  private static final byte[] GRAPH = new byte[1_000];

  private static FakeStorage storage;
  private static int tests;

  @TempDir Path target;
  private final String name = "model" + tests++;
  private final StorageFolder folder = StorageFolder.parse("gs://models/" + name);
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final List<String> lines = new ArrayList<>();
  private FaultyProxy proxy;

  @BeforeAll
  static void startStorage() throws IOException {
    storage = FakeStorage.start();
    storage.createBucket(BUCKET);
    Random random = new Random(1);
    random.nextBytes(WEIGHTS);
    random.nextBytes(GRAPH);
  }

  @AfterAll
  static void stopStorage() {
    if (storage != null) {
      storage.close();
    }
  }

  @BeforeEach
  void putModel() throws IOException {
    proxy = new FaultyProxy(storage.uri());
    storage.put(BUCKET, name + "/graph", GRAPH);
    storage.put(BUCKET, name + "/variables/weights", WEIGHTS);
  }

  @AfterEach
  void stopProxy() {
    proxy.close();
  }

  @Test
  void download_foldersAndParts_areTheObjects() throws IOException {
    storage.put(BUCKET, name + "/variables/", new byte[0]);
    storage.put(BUCKET, name + "/empty", new byte[0]);
    storage.put(BUCKET, name + "-other/graph", GRAPH);
    download(list(PATIENCE));

    assertThat(files()).containsExactlyInAnyOrder("empty", "graph", "variables/weights");
    assertThat(target.resolve("empty")).isEmptyFile();
    assertWhole();
    assertThat(ranges("weights"))
        .containsExactlyInAnyOrder("bytes=0-39999", "bytes=40000-79999", "bytes=80000-99999");
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("downloaded " + folder + ": 0.1 of 0.1 MB");
  }

  @Test
  void download_connectionCut_continuesAtTheByte() throws IOException {
    proxy.plan("/weights", 1, FaultyProxy.cutAfter(1_234));
    storage.put(BUCKET, name + "/variables/weights", head(30_000));
    download(list(PATIENCE));

    assertThat(ranges("weights")).containsExactly("bytes=0-29999", "bytes=1234-29999");
    assertThat(target.resolve("variables/weights")).hasBinaryContent(head(30_000));
    assertThat(pauses).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void download_connectionStalls_isCutAndContinued() throws IOException {
    proxy.plan("/weights", 1, proxy.stallAfter(50));
    download(list(Duration.ofMillis(300)));

    assertWhole();
    assertThat(pauses).isNotEmpty();
  }

  @Test
  void download_serverBusy_isTriedAgainLaterAndLater() throws IOException {
    proxy.plan("/graph", 3, FaultyProxy.status(503, "busy"));
    download(list(PATIENCE));

    assertWhole();
    assertThat(pauses)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
  }

  @Test
  void download_serverBusyForLong_failsInOneLine() throws IOException {
    proxy.plan("/graph", 100, FaultyProxy.status(503, "busy"));
    StoredFolder listed = list(PATIENCE);

    assertThatThrownBy(() -> download(listed))
        .hasMessage(folder + "/graph: busy, 5 times in a row");
  }

  @Test
  void download_damagedOnce_isDownloadedAgain() throws IOException {
    proxy.plan("/weights", 1, FaultyProxy.damage());
    download(list(PATIENCE));

    assertWhole();
  }

  @Test
  void download_damagedEachTime_failsWithBothChecksums() throws IOException {
    proxy.plan("/graph", 3, FaultyProxy.damage());
    StoredFolder listed = list(PATIENCE);

    assertThatThrownBy(() -> download(listed))
        .hasMessageMatching(
            folder + "/graph: CRC32C [0-9a-f]{8} after 3 downloads \\(expected: [0-9a-f]{8}\\)");
  }

  @Test
  void download_objectOverwritten_isNotMixed() throws IOException {
    StoredFolder listed = list(PATIENCE);
    storage.put(BUCKET, name + "/graph", head(1_000));

    assertThatThrownBy(() -> download(listed))
        .hasMessageMatching(
            folder + "/graph: generation \\d+ is gone: it was deleted or overwritten.*");
  }

  @Test
  void download_objectDeleted_failsInOneLine() throws IOException {
    StoredFolder listed = list(PATIENCE);
    storage.delete(BUCKET, name + "/graph");

    assertThatThrownBy(() -> download(listed))
        .hasMessageMatching(folder + "/graph: generation \\d+ is gone: .*");
  }

  @Test
  void list_noBucket_failsInOneLine() {
    StorageFolder nowhere = StorageFolder.parse("gs://nowhere/model");

    assertThatThrownBy(() -> list(nowhere, NoCredentials.getInstance(), PATIENCE))
        .hasMessage("gs://nowhere/model: no bucket nowhere (expected: one that exists)");
  }

  @Test
  void list_nothingThere_failsInOneLine() {
    StorageFolder empty = StorageFolder.parse("gs://models/empty");

    assertThatThrownBy(() -> list(empty, NoCredentials.getInstance(), PATIENCE))
        .hasMessage("gs://models/empty: no objects under empty/ (expected: the folder of a model)");
  }

  @Test
  void list_serverBusy_isTriedAgain() throws IOException {
    proxy.plan("/o", 2, FaultyProxy.status(503, "busy"));

    assertThat(list(PATIENCE).objects()).hasSize(2);
    assertThat(pauses).hasSize(2);
  }

  @Test
  void list_forbidden_namesAccountRoleAndBucket() throws Exception {
    proxy.plan("/o", 1, FaultyProxy.status(403, "no storage.objects.list access"));
    proxy.plan(
        "/token",
        1,
        FaultyProxy.json(
            200, "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":3600}"));
    Credentials credentials =
        ServiceAccountCredentials.newBuilder()
            .setClientEmail("bert@project.iam.gserviceaccount.com")
            .setPrivateKey(KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate())
            .setPrivateKeyId("1")
            .setTokenServerUri(URI.create(proxy.uri() + "/token"))
            .build()
            .createScoped("scope");

    assertThatThrownBy(() -> list(folder, credentials, PATIENCE))
        .hasMessage(
            folder
                + ": 403 for bert@project.iam.gserviceaccount.com: no storage.objects.list access"
                + " (expected: role roles/storage.objectViewer on bucket models)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/../../escape", "//absolute", "/back\\slash", "/line\nbreak"})
  void list_nameThatLeavesTheFolder_isRejected(String object) throws IOException {
    storage.put(BUCKET, name + object, GRAPH);

    assertThatThrownBy(() -> list(PATIENCE)).hasMessageStartingWith("object: ");
  }

  @Test
  void list_compressedObject_isRejected() throws IOException {
    storage.put(BUCKET, name + "/packed", GRAPH, "&contentEncoding=gzip");

    assertThatThrownBy(() -> list(PATIENCE))
        .hasMessageStartingWith(folder + "/packed: Content-Encoding gzip (expected: none");
  }

  @Test
  void createFiles_objectAndFolderOfOneName_isRejected() throws IOException {
    storage.put(BUCKET, name + "/graph/part", GRAPH);
    StoredFolder listed = list(PATIENCE);

    assertThatThrownBy(() -> listed.createFiles(target))
        .hasMessageEndingWith(": an object and a folder (expected: one of them)");
  }

  private StoredFolder list(Duration timeout) throws IOException {
    return list(folder, NoCredentials.getInstance(), timeout);
  }

  private StoredFolder list(StorageFolder listed, Credentials credentials, Duration timeout)
      throws IOException {
    StorageSettings settings =
        new StorageSettings(
            4, PART_BYTES, 5, Duration.ofSeconds(1), Duration.ofSeconds(30), timeout);
    return new StoredFolder(
        listed,
        new ObjectReader(listed, proxy.uri(), credentials, settings),
        settings,
        new Timing(() -> 0, nanos -> pauses.add(Duration.ofNanos(nanos)), () -> 1));
  }

  private void download(StoredFolder listed) throws IOException {
    listed.createFiles(target);
    listed.download(listed.objects(), target, lines::add);
  }

  private void assertWhole() {
    assertThat(target.resolve("graph")).hasBinaryContent(GRAPH);
    assertThat(target.resolve("variables/weights")).hasBinaryContent(WEIGHTS);
  }

  private static byte[] head(int bytes) {
    return Arrays.copyOf(WEIGHTS, bytes);
  }

  private List<String> ranges(String object) {
    return proxy.downloads().stream()
        .filter(download -> download.path().endsWith(object))
        .map(Download::range)
        .toList();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> tree = Files.walk(target)) {
      return tree.filter(Files::isRegularFile)
          .map(file -> target.relativize(file).toString())
          .toList();
    }
  }
}
