package dev.bertserve.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/**
 * Sends requests at a fixed rate, whatever the server does, and measures each latency from the
 * intended time of sending. Sends in the thread of the caller.
 */
final class LoadRun {

  /** Checks whether a response to some texts is right. Any thread. */
  interface Check {
    Check NONE = (texts, body) -> true;

    boolean isRight(List<String> texts, String body);
  }

  private static final double NANOS_IN_SECOND = 1e9;

  /** Requests of the first seconds are sent but not counted. */
  static final int WARM_UP_SECONDS = 5;

  private final LoadSettings settings;
  private final List<String> texts;
  private final Target target;
  private final Check check;
  private final Time time;
  private final Random random = new Random(1);
  private final LoadResult result;

  LoadRun(LoadSettings settings, List<String> texts, Target target, Check check, Time time) {
    this.settings = settings;
    this.texts = texts;
    this.target = target;
    this.check = check;
    this.time = time;
    this.result = new LoadResult(settings);
  }

  /** Sends all requests, waits for the last response, and returns the result. */
  LoadResult run() {
    int burst = settings.profile().burst();
    long bursts = Math.round(settings.perSecond() * (WARM_UP_SECONDS + settings.seconds()) / burst);
    double gapNanos = NANOS_IN_SECOND * burst / settings.perSecond();
    CompletableFuture<?>[] answers = new CompletableFuture<?>[(int) bursts * burst];
    long start = time.nanos();
    long from = start + (long) (WARM_UP_SECONDS * NANOS_IN_SECOND);
    long to = from + (long) (settings.seconds() * NANOS_IN_SECOND);
    for (int i = 0; i < answers.length; i++) {
      List<String> rows = rows();
      int ofBurst = i / burst;
      long intended = start + (long) (ofBurst * gapNanos);
      time.waitUntil(intended);
      boolean counts = intended - from >= 0;
      if (counts) {
        result.sent(time.nanos() - intended);
      }
      answers[i] =
          target
              .send(rows)
              .thenAccept(
                  reply -> {
                    long now = time.nanos();
                    if (reply.status() == LoadResult.OK && now - from >= 0 && now - to < 0) {
                      result.rowsInTime(rows.size());
                    }
                    if (counts) {
                      answered(rows, reply, now - intended);
                    }
                  });
    }
    time.await(CompletableFuture.allOf(answers));
    return result;
  }

  private void answered(List<String> rows, Target.Reply reply, long latencyNanos) {
    result.recordResponse(reply.status(), rows.size(), latencyNanos);
    if (reply.status() == LoadResult.OK && !check.isRight(rows, reply.body())) {
      result.wrong();
    }
  }

  private List<String> rows() {
    int count = settings.profile().rows(random);
    List<String> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      rows.add(texts.get(random.nextInt(texts.size())));
    }
    return rows;
  }

  /** A histogram of nanoseconds up to two minutes, with three significant digits. */
  static Histogram histogram() {
    return new Histogram(1, 120_000_000_000L, 3);
  }
}
