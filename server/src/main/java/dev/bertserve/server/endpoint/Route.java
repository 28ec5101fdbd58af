package dev.bertserve.server.endpoint;

/**
 * One entry of the {@link Router}'s table.
 *
 * @param method such as POST
 * @param path such as /predict, or with variables: /v1/models/{model}:predict, where a variable
 *     stands for characters other than slash and colon; {rest...} at the end stands for any
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
