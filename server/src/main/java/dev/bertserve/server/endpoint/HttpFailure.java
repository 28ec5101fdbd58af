package dev.bertserve.server.endpoint;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A failed request as HTTP reports it: a status, one line that the client may see, and headers.
 * Statuses 429 and 503 always have a Retry-After.
 */
public final class HttpFailure extends RuntimeException {

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final int status;

  @SuppressWarnings("serial") // Never serialised.
  private final Map<String, String> headers;

  public HttpFailure(int status, String message) {
    this(status, message, Map.of());
  }

  public HttpFailure(int status, String message, Map<String, String> headers) {
    super(oneLine(message), null, false, false);
    this.status = status;
    Map<String, String> all = new HashMap<>(headers);
    if (status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) {
      all.putIfAbsent(Response.RETRY_AFTER, "1");
    }
    this.headers = Map.copyOf(all);
  }

  /** {@code failure} with the HTTP status of its kind. */
  public static HttpFailure of(ServingException failure) {
    String message = failure.getMessage();
    int seconds = failure.retryAfterSeconds();
    return new HttpFailure(
        status(failure.kind()),
        message == null ? "unknown" : message,
        seconds > 0 ? Map.of(Response.RETRY_AFTER, Integer.toString(seconds)) : Map.of());
  }

  public int status() {
    return status;
  }

  /** Headers of the response, Content-Type aside; immutable. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The response with the body {@code {"error":"<message>"}}. */
  public Response response() {
    return response("error", Integer.MAX_VALUE);
  }

  /** The response with the body {@code {"<key>":"<message>"}}, cut to {@code maxChars}. */
  public Response response(String key, int maxChars) {
    String message = getMessage() == null ? "unknown" : getMessage();
    String shown = message.length() <= maxChars ? message : message.substring(0, maxChars) + "...";
    return response(Response.JSON, new ErrorBody(key, shown));
  }

  /** The response with status and headers of this failure, and a dialect's own body. */
  public Response response(String contentType, Payload body) {
    return new Response(status, headers, body).withHeader(Response.CONTENT_TYPE, contentType);
  }

  private static String oneLine(String message) {
    return CONTROL.matcher(message).replaceAll(" ");
  }

  private static int status(FailureKind kind) {
    return switch (kind) {
      case INVALID, NOT_OFFERED -> 400;
      case NOT_FOUND -> 404;
      case TOO_LARGE -> 413;
      case OVERLOADED -> TOO_MANY_REQUESTS;
      case INTERNAL, NOT_FINITE -> 500;
      case UNAVAILABLE -> SERVICE_UNAVAILABLE;
      case DEADLINE_EXCEEDED -> 504;
    };
  }
}
