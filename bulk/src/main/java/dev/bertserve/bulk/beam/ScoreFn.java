package dev.bertserve.bulk.beam;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.RowScoring;
import dev.bertserve.bulk.RowScoring.Scored;
import dev.bertserve.bulk.SharedModels;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Collects the rows of a bundle and scores them together: when there are many, and at the end of
 * the bundle. Each output has the timestamp and the window of its row.
 *
 * @param <I> element with texts
 * @param <O> scored element
 */
final class ScoreFn<I, O> extends DoFn<I, O> {

  private final ModelKey key;
  private final Schema outputs;
  private final RowForm<I, O> form;
  private final TupleTag<O> scoredTag;
  private final TupleTag<KV<I, String>> failedTag;
  private final boolean deadLetters;
  private final Counter rowsScored = Metrics.counter(BertPredict.class, "rows_scored");
  private final Counter rowsFailed = Metrics.counter(BertPredict.class, "rows_failed");
  private final Distribution batchRows = Metrics.distribution(BertPredict.class, "batch_rows");

  private transient @Nullable TextModel model;
  private transient @Nullable List<Waiting<I>> waiting;
  private transient long textBytes;

  /** A row of the bundle, with all its texts. */
  private record Waiting<I>(
      I element, List<String> texts, Instant timestamp, BoundedWindow window) {}

  /** Where outputs go, which depends on the method of the DoFn. */
  private interface Sink<I> {
    <T> void output(TupleTag<T> tag, T value, Waiting<I> row);
  }

  /**
   * @param outputs fields of the model's outputs that are wanted
   * @param deadLetters whether rows that cannot be scored are output; otherwise they fail the
   *     bundle
   */
  ScoreFn(
      ModelKey key,
      Schema outputs,
      RowForm<I, O> form,
      TupleTag<O> scoredTag,
      TupleTag<KV<I, String>> failedTag,
      boolean deadLetters) {
    this.key = key;
    this.outputs = outputs;
    this.form = form;
    this.scoredTag = scoredTag;
    this.failedTag = failedTag;
    this.deadLetters = deadLetters;
  }

  /** Rows may be older than the one at which they are output; the bundle holds the watermark. */
  @Override
  @SuppressWarnings("deprecation")
  public Duration getAllowedTimestampSkew() {
    return Duration.millis(Long.MAX_VALUE);
  }

  @Setup
  public void setup() throws IOException {
    TextModel opened = SharedModels.OF_WORKER.acquire(key);
    model = opened;
    OutputFields.check(outputs, opened);
    if (!opened.takes(form.labels().size())) {
      throw new IllegalArgumentException(
          "texts: " + form.labels() + " (expected: one for each of " + opened.inputs() + ")");
    }
  }

  @StartBundle
  public void startBundle() {
    waiting = new ArrayList<>();
    textBytes = 0;
  }

  @ProcessElement
  public void process(
      @Element I element,
      @Timestamp Instant timestamp,
      BoundedWindow window,
      MultiOutputReceiver receiver) {
    Sink<I> sink =
        new Sink<>() {
          @Override
          public <T> void output(TupleTag<T> tag, T value, Waiting<I> row) {
            // No pane, as at the end of a bundle, where Beam takes none
            receiver
                .get(tag)
                .outputWindowedValue(
                    value, row.timestamp(), List.of(row.window()), PaneInfo.NO_FIRING);
          }
        };
    List<String> texts = new ArrayList<>();
    Waiting<I> row = new Waiting<>(element, texts, timestamp, window);
    for (String text : form.texts().apply(element)) {
      if (text == null) {
        fail(row, form.labels().get(texts.size()) + ": null (expected: a string)", sink);
        return;
      }
      texts.add(text);
      textBytes += (long) Character.BYTES * text.length();
    }
    List<Waiting<I>> rows = Objects.requireNonNull(waiting);
    rows.add(row);
    if (rows.size() >= RowScoring.MAX_ROWS || textBytes >= RowScoring.MAX_TEXT_BYTES) {
      flush(rows, sink);
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    flush(
        Objects.requireNonNull(waiting),
        new Sink<>() {
          @Override
          public <T> void output(TupleTag<T> tag, T value, Waiting<I> row) {
            context.output(tag, value, row.timestamp(), row.window());
          }
        });
  }

  private void flush(List<Waiting<I>> rows, Sink<I> sink) {
    if (rows.isEmpty()) {
      return;
    }
    batchRows.update(rows.size());
    List<Scored> scored =
        RowScoring.score(Objects.requireNonNull(model), rows.stream().map(Waiting::texts).toList());
    for (int i = 0; i < rows.size(); i++) {
      Waiting<I> row = rows.get(i);
      Outputs values = scored.get(i).outputs();
      if (values == null) {
        fail(row, scored.get(i).reason(), sink);
      } else {
        rowsScored.inc();
        List<Object> fields = OutputFields.values(values, outputs);
        sink.output(scoredTag, form.scored().apply(row.element(), fields), row);
      }
    }
    rows.clear();
    textBytes = 0;
  }

  private void fail(Waiting<I> row, String reason, Sink<I> sink) {
    if (!deadLetters) {
      throw new IllegalArgumentException(reason);
    }
    rowsFailed.inc();
    sink.output(failedTag, KV.of(row.element(), reason), row);
  }

  @Teardown
  public void teardown() {
    if (model != null) {
      model = null;
      SharedModels.OF_WORKER.release(key);
    }
  }
}
