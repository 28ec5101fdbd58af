package dev.bertserve.server.endpoint;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP response whose body is still to be written.
 *
 * @param status HTTP status
 * @param headers those that the endpoint decides, such as Content-Type; immutable, in the order of
 *     their names. Headers of framing, connection and encoding are added by HTTP.
 * @param payload writes the body; closed by the connection that takes the response
 */
public record Response(int status, Map<String, String> headers, Payload payload) {

  public static final String CONTENT_TYPE = "Content-Type";
  public static final String RETRY_AFTER = "Retry-After";
  public static final String JSON = "application/json";

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final Map<String, String> JSON_HEADERS = Map.of(CONTENT_TYPE, JSON);

  public Response {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  /** A JSON response with status 200. */
  public static Response json(Payload payload) {
    return json(OK, payload);
  }

  /**
   * A JSON response with status 200, or with 503 and Retry-After if what it tells of is not ready.
   */
  public static Response readiness(boolean ready, Payload payload) {
    return ready ? json(payload) : json(UNAVAILABLE, payload).withHeader(RETRY_AFTER, "1");
  }

  /** A JSON response. */
  public static Response json(int status, Payload payload) {
    return new Response(status, JSON_HEADERS, payload);
  }

  /** This response with one more header, or with another value of it. */
  public Response withHeader(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Response(status, more, payload);
  }
}
