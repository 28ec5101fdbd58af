package dev.bertserve.benchmarks.load;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.prepare.ModelPreparer;
import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The engine alone, in this process, with as many threads as the server has runners. */
final class EngineLoop implements AutoCloseable {

  /** Rows that the server can sort at a time: those of all connections. */
  private static final int WINDOW = ClosedLoop.CONNECTIONS * ClosedLoop.ROWS;

  private static final int TILES = 20;

  private final Tokenizer tokenizer;
  private final Engine<TokenIds> engine;
  private final int runners;

  EngineLoop(BarSettings settings, int runners) throws IOException {
    PreparedModel model = ModelPreparer.prepare(settings.model());
    tokenizer = model.tokenizer().loaded().tokenizer();
    this.runners = runners;
    engine =
        EngineSelection.open(
                model,
                EngineSettings.of(settings.precision(), 1),
                List.of(tokenizer.tokenize("a text")))
            .engine();
  }

  /**
   * Rows a second over all texts in batches of 64, in the order that suits the engine: as they come
   * where it packs rows of any length together, else sorted by length within windows.
   */
  double rowsPerSecond(List<String> texts) {
    List<TokenIds> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(tokenizer.tokenize(text));
    }
    if (engine.shapes().get(0).rowsOfOne() == 1) {
      sortWithinWindows(rows);
    }
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    try (Workers workers = new Workers()) {
      for (int i = 0; i < runners; i++) {
        workers.start(() -> runAll(rows, next));
      }
    }
    return rows.size() / ((System.nanoTime() - start) / 1e9);
  }

  private static void sortWithinWindows(List<TokenIds> rows) {
    for (int from = 0; from < rows.size(); from += WINDOW) {
      rows.subList(from, Math.min(rows.size(), from + WINDOW))
          .sort(Comparator.comparingInt(TokenIds::length));
    }
  }

  /** Milliseconds of one full tile, while the other runners run one too; the median. */
  double tileMillis() {
    TileShape tile = engine.shapes().get(0);
    double[] millis = new double[TILES];
    AtomicInteger left = new AtomicInteger(TILES);
    try (Workers workers = new Workers()) {
      for (int i = 1; i < runners; i++) {
        workers.start(
            () -> {
              while (left.get() > 0) {
                engine.runPadding(tile);
              }
            });
      }
      for (int i = 0; i < TILES; i++) {
        long start = System.nanoTime();
        engine.runPadding(tile);
        millis[i] = (System.nanoTime() - start) / 1e6;
        left.decrementAndGet();
      }
    }
    Arrays.sort(millis);
    return millis[TILES / 2];
  }

  private void runAll(List<TokenIds> rows, AtomicInteger next) {
    for (int from = next.getAndAdd(ClosedLoop.ROWS);
        from < rows.size();
        from = next.getAndAdd(ClosedLoop.ROWS)) {
      engine.run(rows.subList(from, Math.min(rows.size(), from + ClosedLoop.ROWS)));
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
