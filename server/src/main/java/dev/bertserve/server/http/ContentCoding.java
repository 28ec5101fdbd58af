package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a request body is compressed. */
enum ContentCoding {
  IDENTITY,
  /** RFC 1952, one member. */
  GZIP,
  /** RFC 1950, that is with zlib's header. */
  DEFLATE;

  /** The coding that {@code headers} state; throws 415 for others and for more than one. */
  static ContentCoding of(HttpHeaders headers) {
    List<String> values = headers.getAll(HttpHeaderNames.CONTENT_ENCODING);
    if (values.isEmpty()) {
      return IDENTITY;
    }
    String stated = String.join(", ", values).trim();
    return switch (stated.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      case "deflate" -> DEFLATE;
      default ->
          throw new HttpFailure(
              HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE.code(),
              "content-encoding: " + stated + " (expected: gzip or deflate, one of them)",
              Map.of(HttpHeaderNames.ACCEPT_ENCODING.toString(), "gzip, deflate"));
    };
  }
}
