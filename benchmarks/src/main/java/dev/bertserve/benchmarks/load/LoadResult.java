package dev.bertserve.benchmarks.load;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What came of a load run. Any thread, under the lock of this. */
final class LoadResult {

  static final int OK = 200;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;
  private static final double NANOS_IN_MILLI = 1e6;

  /** A sender that is later than this with one request in a hundred did not hold its rate. */
  static final double MOST_LATE_MILLIS = 20;

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

  private final LoadSettings settings;
  private final Histogram lateness = LoadRun.histogram();
  private final Histogram latency = LoadRun.histogram();
  private final Histogram refusals = LoadRun.histogram();
  private final Map<Integer, Histogram> latencyByRows = new TreeMap<>();
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private int wrong;
  private long rows;

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
      latency.recordValue(within(latencyNanos));
      latencyByRows
          .computeIfAbsent(requestRows, any -> LoadRun.histogram())
          .recordValue(within(latencyNanos));
    } else if (status == TOO_MANY || status == UNAVAILABLE) {
      refusals.recordValue(within(latencyNanos));
    }
  }

  /** One answer was not what the model says. */
  synchronized void wrong() {
    wrong++;
  }

  /** So many rows were answered between the end of the warm-up and that of the load. */
  synchronized void rowsInTime(int requestRows) {
    rows += requestRows;
  }

  /** Whether requests went out when they were to; if not, the figures mean nothing. */
  synchronized boolean heldItsRate() {
    return latenessMillis() <= MOST_LATE_MILLIS;
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
    text.append(",\"wrong\":").append(wrong);
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

  /** Of requests of so many rows that were answered. */
  synchronized double millis(int requestRows, double percentile) {
    Histogram one = latencyByRows.get(requestRows);
    return one == null ? Double.NaN : one.getValueAtPercentile(percentile) / NANOS_IN_MILLI;
  }

  /** Of requests that were refused, 429 or 503; NaN if none was. */
  synchronized double refusalMillis(double percentile) {
    return refusals.getTotalCount() == 0
        ? Double.NaN
        : refusals.getValueAtPercentile(percentile) / NANOS_IN_MILLI;
  }

  synchronized int wrongAnswers() {
    return wrong;
  }

  synchronized int refused() {
    return (int) refusals.getTotalCount();
  }

  /** Requests that were neither answered nor refused. */
  synchronized int lost() {
    int lost = 0;
    for (Map.Entry<Integer, Integer> status : statuses.entrySet()) {
      int code = status.getKey();
      lost += code == OK || code == TOO_MANY || code == UNAVAILABLE ? 0 : status.getValue();
    }
    return lost;
  }

  /** Rows answered in a second while the load lasted, whenever they were asked. */
  synchronized double rowsPerSecond() {
    return (double) rows / settings.seconds();
  }

  private static long within(long value) {
    return Math.max(1, Math.min(value, 120_000_000_000L));
  }
}
