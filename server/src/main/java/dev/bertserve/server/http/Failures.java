package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps exceptions to what a client may see. The others are logged instead, with their stack traces,
 * once a minute for each kind. Any thread.
 */
public final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final int INTERNAL = 500;
  private static final int MAX_KINDS = 100;
  private static final long LOG_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ConcurrentMap<String, Long> loggedAtNanos = new ConcurrentHashMap<>();

  /** What the client is told of {@code cause}; {@code ids} name the request in the log. */
  HttpFailure failure(Throwable cause, String ids, long nowNanos) {
    Throwable root = Reason.cause(cause);
    if (root instanceof HttpFailure known) {
      return known;
    }
    if (root instanceof ServingException known) {
      return HttpFailure.of(known);
    }
    log(root, ids, nowNanos);
    return new HttpFailure(INTERNAL, "internal error");
  }

  /** Logs {@code cause} unless one of its kind was logged within the last minute. */
  public void log(Throwable cause, String ids, long nowNanos) {
    if (shouldLog(kind(cause), nowNanos)) {
      LOG.error("Request failed{}", ids, cause);
    }
  }

  private boolean shouldLog(String kind, long nowNanos) {
    if (loggedAtNanos.size() >= MAX_KINDS && !loggedAtNanos.containsKey(kind)) {
      return false;
    }
    long at =
        loggedAtNanos.merge(
            kind, nowNanos, (last, now) -> now - last < LOG_EVERY_NANOS ? last : now);
    return at == nowNanos;
  }

  private static String kind(Throwable cause) {
    StackTraceElement[] trace = cause.getStackTrace();
    return cause.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }
}
