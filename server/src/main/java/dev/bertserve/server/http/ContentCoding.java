package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

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
    // Identity changes nothing, wherever it stands among others.
    String changing =
        Arrays.stream(stated.toLowerCase(Locale.ROOT).split(",", -1))
            .map(String::trim)
            .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
            .collect(Collectors.joining(", "));
    return switch (changing) {
      case "" -> IDENTITY;
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
