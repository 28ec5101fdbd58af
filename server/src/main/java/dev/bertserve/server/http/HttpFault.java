package dev.bertserve.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** A request that breaks HTTP's own rules; answered with its status, then the connection closes. */
final class HttpFault extends RuntimeException {

  private final int status;

  HttpFault(HttpResponseStatus status, String message) {
    super(message, null, false, false);
    this.status = status.code();
  }

  /** What the decoder could not read. */
  static HttpFault ofDecoding(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return new HttpFault(
          HttpResponseStatus.REQUEST_URI_TOO_LONG, "request line: too long (expected: <= 8 KiB)");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new HttpFault(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
          "headers: too long (expected: <= 32 KiB)");
    }
    return new HttpFault(
        HttpResponseStatus.BAD_REQUEST, "request: malformed (expected: HTTP/1.1 or HTTP/1.0)");
  }

  int status() {
    return status;
  }

  /** Seconds after which to try again, or 0. */
  int retryAfterSeconds() {
    boolean passes =
        status == HttpResponseStatus.TOO_MANY_REQUESTS.code()
            || status == HttpResponseStatus.SERVICE_UNAVAILABLE.code();
    return passes ? 1 : 0;
  }
}
