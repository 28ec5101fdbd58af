package dev.bertserve.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Parsing and statistics for the bars. */
final class BarsTest {

  @Test
  void report_oneFigureOverItsBar_isMissed() {
    BarReport report = new BarReport("overload");
    report.figure("capacity", 100);
    report.atMost("lost", 0, 0);
    assertThat(report.met()).isTrue();

    report.atMost("rejection p99, ms", 20.5, 20);

    assertThat(report.met()).isFalse();
    assertThat(report.json())
        .isEqualTo(
            "{\"bar\":\"overload\",\"met\":false,\"capacity\":100.0,\"lost\":0.0000,"
                + "\"rejection p99, ms\":20.5}\n");
    assertThat(report.table()).startsWith("overload: MISSED\n").contains("<= 20.0    MISSED");
  }

  @Test
  void report_figureThatIsMissing_isMissed() {
    BarReport report = new BarReport("mixed");
    report.atMost("one row p99", Double.NaN, 4);

    assertThat(report.met()).isFalse();
    assertThat(report.json()).contains("\"one row p99\":null");
  }

  @Test
  void answers_sameWithinTheTolerance_areRight() {
    Answers answers =
        new Answers(List.of("a", "b"), List.of(new double[] {1, 2}, new double[] {3e-5, -4}), 1e-3);

    assertThat(answers.isRight(List.of("b", "a"), "{\"predictions\":[[3.1E-5,-4],[1.0005,2]]}"))
        .isTrue();
    assertThat(answers.isRight(List.of("b", "a"), "{\"predictions\":[[3e-5,-4],[1.01,2]]}"))
        .isFalse();
    assertThat(answers.isRight(List.of("b", "a"), "{\"predictions\":[[1,2],[3e-5,-4]]}")).isFalse();
    assertThat(answers.isRight(List.of("b", "a"), "{\"predictions\":[[3e-5,-4]]}")).isFalse();
    assertThat(answers.isRight(List.of("b"), "{\"predictions\":[[3e-5,-4],[1,2]]}")).isFalse();
  }

  @Test
  void meters_pageOfPrometheus_returnGrowth() {
    Meters before = Meters.parse("# TYPE rows summary\nrows_sum 10.0\nrows{a=\"b c\"} 1\n");
    Meters after = Meters.parse("rows_sum 12.5\nnew_sum 3\n");

    assertThat(after.since(before, "rows_sum")).isEqualTo(2.5);
    assertThat(after.since(before, "new_sum")).isEqualTo(3);
    assertThat(after.since(before, "rows")).isNaN();
  }

  @Test
  void meters_samplesOfAModel_areFoundWithoutTheLabel() {
    Meters before = Meters.parse("rows_sum{model=\"bert\"} 10.0\n");
    Meters after =
        Meters.parse("rows_sum{model=\"bert\"} 12.5\nrows_bucket{model=\"bert\",le=\"1.0\"} 1\n");

    assertThat(after.since(before, "rows_sum")).isEqualTo(2.5);
    assertThat(after.since(before, "rows_bucket")).isNaN();
  }

  @Test
  void trend_lineWithNoise_findsTheSlope() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Double> samples = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      samples.add(1_000 + i / 60.0 * 5 + random.nextGaussian());
    }

    Trend trend = Trend.of(samples, 1 / 60.0);

    assertThat(trend.slope()).as("seed " + seed).isCloseTo(5, within(8 * trend.slopeError()));
    assertThat(trend.slopeError()).as("seed " + seed).isLessThan(0.1);
    assertThat(trend.rise()).as("seed " + seed).isCloseTo(0.05, within(0.01));
  }
}
