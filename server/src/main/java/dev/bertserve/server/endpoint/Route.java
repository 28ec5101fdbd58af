package dev.bertserve.server.endpoint;

/**
 * One entry of the {@link Router}'s table.
 *
 * @param method such as POST
 * @param path matched whole and literally, such as /v1/models/bert:predict
 * @param name what metrics call it, such as predict
 * @param endpoint answers its requests
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
