package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.bulk.WrittenRows;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The distribution, with its libraries alone, scores files and is killed meanwhile. */
@Timeout(300)
final class PredictIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROWS = 12_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"out.jsonl", "out.csv.gz", "out.avro", "out.parquet"})
  void predict_killed_continuesWithoutALostOrDoubledRow(String name) throws Exception {
    List<String> texts = IntStream.range(0, ROWS).mapToObj(i -> "film " + i).toList();
    Path in = folder.resolve("in.txt");
    Path out = folder.resolve(name);
    Path state = folder.resolve(name + ".state");
    Files.write(in, texts);
    String[] command = {
      "predict", Models.builtIn().toString(), in.toString(), "--output", out.toString()
    };
    for (int kill = 1; kill <= 2; kill++) {
      int rows = 3_000 * kill;
      try (ServerProcess process = ServerProcess.start(command)) {
        process.await(rows + " rows", PATIENCE, () -> rows(state) >= rows);
      }
      assertThat(Files.readString(state)).as("killed before its end").contains("finished=false");
    }

    ServerProcess.Outcome last = ServerProcess.run(command);

    assertThat(last.status()).as(last.toString()).isZero();
    assertThat(WrittenRows.of(out)).extracting(row -> row.get(0)).containsExactlyElementsOf(texts);
    Path again = folder.resolve("again.jsonl");
    if (name.endsWith(".avro") || name.endsWith(".parquet")) {
      ServerProcess.Outcome read =
          ServerProcess.run(
              "predict", command[1], out.toString(), "--key", "text", "--output", again.toString());

      assertThat(read.status()).as(read.toString()).isZero();
      assertThat(WrittenRows.of(again)).hasSize(ROWS);
    }
  }

  /** Number of rows that are done. */
  private static int rows(Path state) {
    try {
      return Files.exists(state)
          ? Files.readAllLines(state).stream()
              .filter(line -> line.startsWith("rows="))
              .mapToInt(line -> Integer.parseInt(line.substring("rows=".length())))
              .sum()
          : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
