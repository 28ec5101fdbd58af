package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.Caller;
import java.time.Duration;

/** The client of an HTTP request, which may set a timeout with the header {@value #TIMEOUT}. */
public final class HttpCaller {

  static final String TIMEOUT = "X-Request-Timeout-Ms";

  private static final int MAX_DIGITS = 9;

  private HttpCaller() {}

  /** The client, whose timeout is a day if it sets none; throws INVALID if it is not a number. */
  public static Caller of(Request request) {
    return new Caller(request.arrivedNanos(), timeout(request), request.abandoned());
  }

  private static Duration timeout(Request request) {
    String value = request.header().apply(TIMEOUT);
    if (value.isEmpty()) {
      return Caller.NO_TIMEOUT;
    }
    long millis = value.length() > MAX_DIGITS ? 0 : number(value);
    if (millis < 1) {
      throw new ServingException(
          FailureKind.INVALID, TIMEOUT + ": not understood (expected: milliseconds, 1 or more)");
    }
    return Duration.ofMillis(millis);
  }

  private static long number(String digits) {
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return 0;
      }
      number = 10 * number + digit - '0';
    }
    return number;
  }
}
