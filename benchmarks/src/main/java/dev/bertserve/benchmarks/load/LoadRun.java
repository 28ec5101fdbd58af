package dev.bertserve.benchmarks.load;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends requests at a fixed rate, whatever the server does, and measures each from the moment when
 * it was to be sent. The sending thread is the caller's.
 */
final class LoadRun {

  private static final double NANOS_IN_SECOND = 1e9;

  /** Requests of the first seconds are sent and not counted. */
  private static final int WARM_UP_SECONDS = 5;

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final LoadSettings settings;
  private final List<String> texts;
  private final Random random = new Random(1);
  private final LoadResult result;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  LoadRun(LoadSettings settings, List<String> texts) {
    this.settings = settings;
    this.texts = texts;
    this.result = new LoadResult(settings);
  }

  /** Sends all, waits for the last answer, and tells what happened. */
  LoadResult run() {
    int burst = settings.profile().burst();
    long bursts = Math.round(settings.perSecond() * (WARM_UP_SECONDS + settings.seconds()) / burst);
    double gapNanos = NANOS_IN_SECOND * burst / settings.perSecond();
    CompletableFuture<?>[] answers = new CompletableFuture<?>[(int) bursts * burst];
    long start = System.nanoTime();
    for (int i = 0; i < answers.length; i++) {
      int rows = settings.profile().rows(random);
      HttpRequest request = request(rows);
      int ofBurst = i / burst;
      long intended = start + (long) (ofBurst * gapNanos);
      waitUntil(intended);
      boolean counts = intended - start >= WARM_UP_SECONDS * NANOS_IN_SECOND;
      if (counts) {
        result.sent(System.nanoTime() - intended);
      }
      answers[i] =
          client
              .sendAsync(request, BodyHandlers.ofByteArray())
              .handle(
                  (response, failure) -> {
                    int status = response == null ? 0 : response.statusCode();
                    if (counts) {
                      result.answered(status, rows, System.nanoTime() - intended);
                    }
                    return status;
                  });
    }
    CompletableFuture.allOf(answers).join();
    result.ended(System.nanoTime() - start - (long) (WARM_UP_SECONDS * NANOS_IN_SECOND));
    return result;
  }

  private HttpRequest request(int rows) {
    StringBuilder body = new StringBuilder("{\"instances\":[");
    for (int i = 0; i < rows; i++) {
      body.append(i == 0 ? "" : ",").append('"');
      body.append(texts.get(random.nextInt(texts.size())).replaceAll("[\\\\\"\\p{Cntrl}]", " "));
      body.append('"');
    }
    return HttpRequest.newBuilder(settings.url())
        .timeout(TIMEOUT)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.append("]}").toString()))
        .build();
  }

  private static void waitUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** A histogram of nanoseconds up to two minutes, to three digits. */
  static Histogram histogram() {
    return new Histogram(1, 120_000_000_000L, 3);
  }
}
