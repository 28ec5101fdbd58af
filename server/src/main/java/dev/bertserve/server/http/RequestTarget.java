package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;

/** The target in a request line. */
final class RequestTarget {

  private RequestTarget() {}

  /** The path, percent-decoded, without scheme, host and query. */
  static String path(String target) {
    int end = endOfPath(target);
    int start = 0;
    if (!target.startsWith("/")) {
      int scheme = target.indexOf("://");
      if (scheme < 0 || scheme > end) {
        return target.substring(0, end);
      }
      start = target.indexOf('/', scheme + 3);
      if (start < 0 || start > end) {
        return "/";
      }
    }
    String path = target.substring(start, end);
    return path.indexOf('%') < 0 ? path : decoded(path);
  }

  private static int endOfPath(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '?' || c == '#') {
        return i;
      }
    }
    return target.length();
  }

  private static String decoded(String path) {
    try {
      // The decoder would turn a plus into a space, which is right in a query only.
      return QueryStringDecoder.decodeComponent(path.replace("+", "%2B"));
    } catch (IllegalArgumentException e) {
      throw new HttpFailure(
          HttpResponseStatus.BAD_REQUEST.code(),
          "path: bad escape (expected: two hex digits after the percent sign)");
    }
  }
}
