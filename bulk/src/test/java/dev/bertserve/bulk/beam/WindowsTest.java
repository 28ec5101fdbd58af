package dev.bertserve.bulk.beam;

import static dev.bertserve.bulk.beam.SmallModel.KEY;
import static dev.bertserve.bulk.beam.SmallModel.PREDICT;
import static dev.bertserve.bulk.beam.SmallModel.films;
import static dev.bertserve.bulk.beam.SmallModel.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.bertserve.bulk.KeptModel;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Keys;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timestamps, windows and watermarks, in bundles of any size. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class WindowsTest {

  @AutoClose static final KeptModel KEPT = KeptModel.of(KEY);

  private static final Duration MINUTE = Duration.standardMinutes(1);
  private static final FixedWindows MINUTES = FixedWindows.of(MINUTE);

  private final Pipeline pipeline = pipeline();

  /** The films in one bundle, one per second. */
  private static final class Films extends DoFn<Integer, String> {

    @ProcessElement
    public void process(@Element Integer count, OutputReceiver<String> receiver) {
      for (String film : films(count)) {
        receiver.outputWithTimestamp(film, timestamp(film));
      }
    }
  }

  private static Instant timestamp(String film) {
    return Instant.ofEpochSecond(Integer.parseInt(film.substring(5)));
  }

  @Test
  void texts_bundleLargerThanTheBuffer_keepTimestampsAndWindows() {
    Collected<KV<String, Row>> scored =
        Collected.of(
            pipeline
                .apply(Create.of(5_000))
                .apply(ParDo.of(new Films()))
                .apply(Window.into(MINUTES))
                .apply(PREDICT.texts())
                .output());

    var run = pipeline.run();
    run.waitUntilFinish();

    assertThat(scored.values())
        .extracting(KV::getKey)
        .containsExactlyInAnyOrderElementsOf(films(5_000));
    for (Collected.Placed<KV<String, Row>> element : scored.elements()) {
      Instant timestamp = timestamp(element.value().getKey());
      assertThat(element.timestamp()).isEqualTo(timestamp);
      assertThat(element.window()).isEqualTo(MINUTES.assignWindow(timestamp));
    }
    assertThat(run.metrics().queryMetrics(MetricsFilter.builder().build()).getDistributions())
        .extracting(MetricResult::getCommitted)
        .containsExactly(DistributionResult.create(5_000, 2, 904, 4_096));
  }

  @Test
  void texts_stream_windowsCloseWithTheWatermark() {
    TestStream<String> stream =
        TestStream.create(StringUtf8Coder.of())
            .advanceWatermarkTo(Instant.EPOCH)
            .addElements(at("film 1", 10), at("film 2", 5))
            .addElements(at("film 3", 59))
            .advanceWatermarkTo(Instant.ofEpochSecond(60))
            .addElements(at("film 4", 61), at("too late", 30))
            .advanceWatermarkToInfinity();
    Collected<Long> counts =
        Collected.of(
            pipeline
                .apply(stream)
                .apply(Window.into(MINUTES))
                .apply(PREDICT.texts())
                .output()
                .apply(Keys.create())
                .apply(Combine.globally(Count.<String>combineFn()).withoutDefaults()));

    pipeline.run().waitUntilFinish();

    assertThat(counts.elements())
        .extracting(Collected.Placed::window, Collected.Placed::value)
        .containsExactlyInAnyOrder(tuple(window(0), 3L), tuple(window(60), 1L));
  }

  private static TimestampedValue<String> at(String text, long second) {
    return TimestampedValue.of(text, Instant.ofEpochSecond(second));
  }

  private static IntervalWindow window(long second) {
    return new IntervalWindow(Instant.ofEpochSecond(second), MINUTE);
  }
}
