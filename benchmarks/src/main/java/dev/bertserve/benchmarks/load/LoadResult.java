package dev.bertserve.benchmarks.load;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Result of a load run. Any thread; guarded by the monitor of this object. */
final class LoadResult {

  static final int OK = 200;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;
  private static final double NANOS_IN_MILLI = 1e6;

  /** If more than one request in a hundred is later than this, the sender missed its rate. */
  static final double MAX_LATE_MILLIS = 20;

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

  private final LoadSettings settings;
  private final Histogram lateness = LoadRun.histogram();
  private final Histogram latency = LoadRun.histogram();
  private final Histogram rejections = LoadRun.histogram();
  private final Map<Integer, Histogram> latencyByRows = new TreeMap<>();
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private int wrong;
  private long rows;

  LoadResult(LoadSettings settings) {
    this.settings = settings;
  }

  /** Records a request that was sent {@code lateNanos} too late. */
  synchronized void sent(long lateNanos) {
    lateness.recordValue(within(lateNanos));
  }

  /** Records a response; status 0 means none. */
  synchronized void recordResponse(int status, int requestRows, long latencyNanos) {
    statuses.merge(status, 1, Integer::sum);
    if (status == OK) {
      latency.recordValue(within(latencyNanos));
      latencyByRows
          .computeIfAbsent(requestRows, any -> LoadRun.histogram())
          .recordValue(within(latencyNanos));
    } else if (status == TOO_MANY || status == UNAVAILABLE) {
      rejections.recordValue(within(latencyNanos));
    }
  }

  /** Records a response with wrong outputs. */
  synchronized void wrong() {
    wrong++;
  }

  /** Records rows answered between the end of the warm-up and the end of the load. */
  synchronized void rowsInTime(int requestRows) {
    rows += requestRows;
  }

  /** Whether requests were sent on time; if not, the figures are meaningless. */
  synchronized boolean heldItsRate() {
    return latenessMillis() <= MAX_LATE_MILLIS;
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

  /** Latency percentile of answered requests of {@code rows} rows. */
  synchronized double millis(int requestRows, double percentile) {
    Histogram one = latencyByRows.get(requestRows);
    return one == null ? Double.NaN : one.getValueAtPercentile(percentile) / NANOS_IN_MILLI;
  }

  /** Latency percentile of rejected requests (429 or 503); NaN if there are none. */
  synchronized double rejectionMillis(double percentile) {
    return rejections.getTotalCount() == 0
        ? Double.NaN
        : rejections.getValueAtPercentile(percentile) / NANOS_IN_MILLI;
  }

  synchronized int wrongAnswers() {
    return wrong;
  }

  synchronized int rejected() {
    return (int) rejections.getTotalCount();
  }

  /** Number of requests that were neither answered nor rejected. */
  synchronized int lost() {
    int lost = 0;
    for (Map.Entry<Integer, Integer> status : statuses.entrySet()) {
      int code = status.getKey();
      lost += code == OK || code == TOO_MANY || code == UNAVAILABLE ? 0 : status.getValue();
    }
    return lost;
  }

  /** Rows answered per second during the load, whenever they were sent. */
  synchronized double rowsPerSecond() {
    return (double) rows / settings.seconds();
  }

  private static long within(long value) {
    return Math.max(1, Math.min(value, 120_000_000_000L));
  }
}
