package dev.bertserve.server.endpoint;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.time.Duration;

/** The timeout that a client sets with the header {@value #HEADER}. */
public final class RequestTimeout {

  static final String HEADER = "X-Request-Timeout-Ms";

  /** Stands for no timeout: longer than any request takes. */
  private static final Duration NONE = Duration.ofDays(1);

  private static final int MAX_DIGITS = 9;

  private RequestTimeout() {}

  /** The client's timeout, a day if it sets none; throws INVALID if it is not a number. */
  public static Duration of(Request request) {
    String value = request.header().apply(HEADER);
    if (value.isEmpty()) {
      return NONE;
    }
    long millis = value.length() > MAX_DIGITS ? 0 : number(value);
    if (millis < 1) {
      throw new ServingException(
          FailureKind.INVALID, HEADER + ": not understood (expected: milliseconds, 1 or more)");
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
