package dev.bertserve.benchmarks.load;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What came of a load run. Any thread, under the lock of this. */
final class LoadResult {

  private static final int OK = 200;
  private static final double NANOS_IN_SECOND = 1e9;
  private static final double NANOS_IN_MILLI = 1e6;

  /** A sender that is later than this with one request in a hundred did not hold its rate. */
  private static final long MOST_LATE_NANOS = 20_000_000;

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

  private final LoadSettings settings;
  private final Histogram lateness = LoadRun.histogram();
  private final Histogram latency = LoadRun.histogram();
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private long rows;
  private long nanos;

  LoadResult(LoadSettings settings) {
    this.settings = settings;
  }

  /** One request was sent {@code lateNanos} after it was to be. */
  synchronized void sent(long lateNanos) {
    lateness.recordValue(within(lateNanos));
  }

  /** One request was answered; status 0 is no answer. */
  synchronized void answered(int status, int requestRows, long latencyNanos) {
    statuses.merge(status, 1, Integer::sum);
    if (status == OK) {
      rows += requestRows;
      latency.recordValue(within(latencyNanos));
    }
  }

  synchronized void ended(long elapsedNanos) {
    nanos = elapsedNanos;
  }

  /** Whether requests went out when they were to; if not, the figures mean nothing. */
  synchronized boolean heldItsRate() {
    return lateness.getValueAtPercentile(99) <= MOST_LATE_NANOS;
  }

  synchronized double latenessMillis() {
    return lateness.getValueAtPercentile(99) / NANOS_IN_MILLI;
  }

  synchronized String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, %.1f requests/s for %d s: statuses %s, %.1f rows/s answered%n",
            settings.profile().name().toLowerCase(Locale.ROOT),
            settings.perSecond(),
            settings.seconds(),
            statuses,
            rowsPerSecond()));
    for (double percentile : PERCENTILES) {
      text.append(String.format(Locale.ROOT, "p%-5s %10.1f ms%n", percentile, millis(percentile)));
    }
    return text.toString();
  }

  synchronized String json() {
    StringBuilder text = new StringBuilder("{");
    text.append("\"profile\":\"").append(settings.profile()).append('"');
    text.append(",\"requestsPerSecond\":").append(settings.perSecond());
    text.append(",\"seconds\":").append(settings.seconds());
    text.append(",\"rowsPerSecond\":").append(rowsPerSecond());
    text.append(",\"statuses\":{");
    String comma = "";
    for (Map.Entry<Integer, Integer> status : statuses.entrySet()) {
      text.append(comma).append('"').append(status.getKey()).append("\":");
      text.append(status.getValue());
      comma = ",";
    }
    text.append("},\"latencyMillis\":{");
    comma = "";
    for (double percentile : PERCENTILES) {
      text.append(comma).append("\"p").append(percentile).append("\":").append(millis(percentile));
      comma = ",";
    }
    return text.append("}}\n").toString();
  }

  synchronized double millis(double percentile) {
    return latency.getValueAtPercentile(percentile) / NANOS_IN_MILLI;
  }

  private double rowsPerSecond() {
    return rows / (nanos / NANOS_IN_SECOND);
  }

  private static long within(long value) {
    return Math.max(1, Math.min(value, 120_000_000_000L));
  }
}
