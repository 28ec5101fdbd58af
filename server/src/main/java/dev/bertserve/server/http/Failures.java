package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.failure.ServingException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what went wrong into an answer. What a client must not see is logged instead, with its
 * stack trace, once a minute for each kind. Any thread.
 */
final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final int INTERNAL = 500;
  private static final int MAX_KINDS = 100;
  private static final long LOG_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ConcurrentMap<String, Long> loggedAtNanos = new ConcurrentHashMap<>();

  Response response(Throwable failure, long nowNanos) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ServingException known) {
      return error(known.kind().status(), message(known), known.retryAfterSeconds());
    }
    if (cause instanceof HttpFault fault) {
      return error(fault.status(), message(fault), fault.retryAfterSeconds());
    }
    log(cause, nowNanos);
    return error(INTERNAL, "internal error", 0);
  }

  static Response error(int status, String message, int retryAfterSeconds) {
    return new Response(status, Response.JSON, retryAfterSeconds, new ErrorBody(message));
  }

  /** Logs {@code cause} unless one of its kind was logged within the last minute. */
  void log(Throwable cause, long nowNanos) {
    if (isNews(kind(cause), nowNanos)) {
      LOG.error("Request failed", cause);
    }
  }

  private boolean isNews(String kind, long nowNanos) {
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

  private static String message(RuntimeException failure) {
    String message = failure.getMessage();
    return message == null ? "unknown" : message;
  }
}
