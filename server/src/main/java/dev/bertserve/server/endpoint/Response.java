package dev.bertserve.server.endpoint;

/**
 * One HTTP answer, its body still to be written.
 *
 * @param status HTTP status
 * @param contentType such as application/json
 * @param retryAfterSeconds for the Retry-After header; 0 leaves it out
 * @param payload writes the body; closed by the connection that takes the response
 */
public record Response(int status, String contentType, int retryAfterSeconds, Payload payload) {

  public static final String JSON = "application/json";

  /** A JSON answer with status 200. */
  public static Response json(Payload payload) {
    return new Response(200, JSON, 0, payload);
  }
}
