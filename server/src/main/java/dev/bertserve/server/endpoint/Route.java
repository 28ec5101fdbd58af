package dev.bertserve.server.endpoint;

/**
 * One entry of the {@link Router}'s table.
 *
 * @param method such as POST
 * @param path compared as a whole, such as /v1/models/bert:predict
 * @param name its label in metrics, such as predict
 * @param endpoint handles its requests
 */
public record Route(String method, String path, String name, Endpoint endpoint) {

  public Route {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path: " + path + " (expected: starts with /)");
    }
    if (!method.equals("GET") && !method.equals("POST")) {
      throw new IllegalArgumentException("method: " + method + " (expected: GET or POST)");
    }
  }
}
