package dev.bertserve.benchmarks.load;

import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The engine alone, in this process, with one thread per runner of the server. */
final class EngineLoop implements AutoCloseable {

  /** Number of rows that the server can sort at the same time: those of all connections. */
  private static final int WINDOW = ClosedLoop.CONNECTIONS * ClosedLoop.ROWS;

  private static final int BATCHES = 20;

  private final Tokenizer tokenizer;
  private final Engine engine;
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
   * Rows per second over all texts in batches of 64: in their order if the engine packs rows of any
   * length, otherwise sorted by length within windows.
   */
  double rowsPerSecond(List<String> texts) {
    List<TokenIds> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(tokenizer.tokenize(text));
    }
    if (!engine.shapes().isPacked()) {
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

  /** Median milliseconds of one full batch while the other runners run one too. */
  double batchMillis() {
    BatchShape largest = engine.shapes().largestFirst().get(0);
    double[] millis = new double[BATCHES];
    AtomicInteger left = new AtomicInteger(BATCHES);
    try (Workers workers = new Workers()) {
      for (int i = 1; i < runners; i++) {
        workers.start(
            () -> {
              while (left.get() > 0) {
                engine.runPadding(largest);
              }
            });
      }
      for (int i = 0; i < BATCHES; i++) {
        long start = System.nanoTime();
        engine.runPadding(largest);
        millis[i] = (System.nanoTime() - start) / 1e6;
        left.decrementAndGet();
      }
    }
    return AlternatingRounds.median(millis);
  }

  private void runAll(List<TokenIds> rows, AtomicInteger next) {
    for (int from = next.getAndAdd(ClosedLoop.ROWS);
        from < rows.size();
        from = next.getAndAdd(ClosedLoop.ROWS)) {
      engine.runAll(
          TokenRow.allOf(rows.subList(from, Math.min(rows.size(), from + ClosedLoop.ROWS))));
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
