package dev.bertserve.bulk.beam;

import static dev.bertserve.bulk.beam.SmallModel.FOLDER;
import static dev.bertserve.bulk.beam.SmallModel.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.bertserve.bulk.SharedModels;
import dev.bertserve.server.embedded.Outputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines on a cluster of two workers, as docs/bulk.md sets it up. */
@Timeout(600)
final class FlinkClusterIT {

  /** A folder with the jars of Flink in {@code cluster}, and of Beam's runner in {@code job}. */
  private static final String VARIABLE = "TEST_FLINK";

  private static final Path DISTRIBUTION =
      Path.of("../server/target/bertserve").toAbsolutePath().normalize();
  private static final List<String> OPTIONS =
      List.of(
          "-Djava.library.path=" + DISTRIBUTION + "/lib/native",
          "-Dorg.bytedeco.javacpp.pathsFirst=true");

  /** As docs/bulk.md says. */
  private static final Pattern NOT_COPIED = Pattern.compile("/(slf4j|logback|hadoop|parquet)-");

  private static final String OPENING = "opening the model";

  @TempDir static Path folder;

  private static List<Path> pipelineJars;
  private static FlinkCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    String flink = System.getenv(VARIABLE);
    assumeThat(flink).as(VARIABLE + ": a folder with jars of Flink and of Beam").isNotBlank();
    List<Path> workerJars = new ArrayList<>(jars(Path.of(flink, "cluster")));
    jars(DISTRIBUTION.resolve("lib")).stream()
        .filter(jar -> !NOT_COPIED.matcher(jar.toString()).find())
        .forEach(workerJars::add);
    pipelineJars = new ArrayList<>(jars(Path.of(flink, "job")));
    pipelineJars.addAll(jars(Path.of("target")));
    pipelineJars.add(Path.of("target/test-classes"));
    cluster = FlinkCluster.start(workerJars, folder);
    cluster.startWorkers(OPTIONS, "worker-1", "worker-2");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void files_twoWorkers_getTheModelsOutputsOnceFromAModelPerWorker(@TempDir Path place)
      throws Exception {
    for (int first = 0; first < 2_000; first += 500) {
      Files.write(
          place.resolve("numbers-" + first),
          IntStream.range(first, first + 500).mapToObj(Integer::toString).toList());
    }
    Map<String, Long> before = openings();

    int status = submit("files", FlinkJob.FILES, place + "/numbers-*", place).waitFor();

    assertThat(status).as(cluster.log("files")).isZero();
    assertScored(lines(place), 2_000);
    before.replaceAll((worker, openings) -> openings + 1);
    assertThat(openings()).hasSize(2).isEqualTo(before);
  }

  @Test
  void stream_workerIsKilled_continuesFromTheCheckpointWithEachRowOnce(@TempDir Path place)
      throws Exception {
    Process job = submit("stream", FlinkJob.STREAM, place.toString(), place);
    cluster.await("stream", () -> emitted(place) == GatedRows.PART);
    cluster.checkpointUntil("stream", () -> lines(place).size() == GatedRows.PART);
    // These are in no checkpoint
    Files.createFile(GatedRows.gate(place, 1));
    cluster.await("stream", () -> emitted(place) == 2 * GatedRows.PART);

    cluster.kill("worker-2");
    cluster.startWorkers(OPTIONS, "worker-3");
    Files.createFile(GatedRows.gate(place, 2));
    // Tasks end with a checkpoint
    cluster.checkpointUntil("stream", () -> !job.isAlive());

    assertThat(job.exitValue()).as(cluster.log("stream")).isZero();
    assertThat(emissions(place))
        .as("with those that the kill repeated")
        .hasSizeGreaterThan(GatedRows.ROWS);
    assertScored(lines(place), GatedRows.ROWS);
  }

  private static Process submit(String name, String kind, String input, Path place)
      throws IOException {
    return cluster.submit(
        name,
        pipelineJars,
        FlinkJob.class.getName(),
        List.of(
            kind,
            FOLDER,
            input,
            place + "/scores",
            "--checkpointingInterval=3600000",
            "--maxBundleTimeMills=200"));
  }

  /** How often the workers that are there opened a model. */
  private static Map<String, Long> openings() {
    Map<String, Long> openings = new HashMap<>();
    for (String worker : cluster.workers()) {
      openings.put(
          worker, cluster.log(worker).lines().filter(line -> line.contains(OPENING)).count());
    }
    return openings;
  }

  private static void assertScored(List<String> lines, int rows) {
    Set<Integer> missing = new HashSet<>(IntStream.range(0, rows).boxed().toList());
    List<Outputs> expected = SharedModels.ask(KEY, model -> model.predict(SmallModel.films(rows)));
    for (String line : lines) {
      String[] fields = line.split("\t", 3);
      int number = Integer.parseInt(fields[0]);
      assertThat(missing.remove(number)).as(line).isTrue();
      assertThat(fields[1]).isEqualTo(expected.get(number).texts("label")[0]);
      float[] probs = expected.get(number).floats("probs");
      String[] scored = fields[2].split(" ", -1);
      assertThat(scored).hasSize(probs.length);
      for (int i = 0; i < probs.length; i++) {
        assertThat(Float.parseFloat(scored[i])).isCloseTo(probs[i], within(1e-5f));
      }
    }
    assertThat(missing).isEmpty();
  }

  /** Numbers that the source emitted, again after a restart. */
  private static List<String> emissions(Path place) {
    return read(place, "emitted-");
  }

  private static int emitted(Path place) {
    return new HashSet<>(emissions(place)).size();
  }

  private static List<String> lines(Path place) {
    return read(place, "scores");
  }

  private static List<String> read(Path place, String prefix) {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(place)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(prefix)) {
          lines.addAll(Files.readAllLines(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .map(Path::toAbsolutePath)
          .sorted()
          .toList();
    }
  }
}
