package dev.bertserve.server.endpoint;

import java.util.List;

/**
 * One entry of the {@link Router}'s table.
 *
 * @param method such as POST
 * @param path such as /predict, or with variables: /v1/models/{model}:predict, where a variable
 *     stands for characters other than slash and colon; {rest...} at the end stands for any
 * @param name its label in metrics, such as predict
 * @param endpoint handles its requests
 * @param doc for the API description
 * @param needsToken whether a server with tokens rejects requests without one
 */
public record Route(
    String method, String path, String name, Endpoint endpoint, RouteDoc doc, boolean needsToken) {

  private static final List<String> METHODS = List.of("GET", "POST", "OPTIONS");

  /** A route that is not described. */
  public Route(String method, String path, String name, Endpoint endpoint) {
    this(method, path, name, endpoint, RouteDoc.NONE, true);
  }

  public Route {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path: " + path + " (expected: starts with /)");
    }
    if (!METHODS.contains(method)) {
      throw new IllegalArgumentException(
          "method: " + method + " (expected: one of " + METHODS + ")");
    }
  }

  /** The same route, described as one without a body. */
  public Route describedAs(String summary) {
    return describedAs(summary, "");
  }

  /** The same route, described as one that takes a JSON body. */
  public Route describedAs(String summary, String bodyExample) {
    return new Route(method, path, name, endpoint, new RouteDoc(summary, bodyExample), needsToken);
  }

  /** The same route on another path. */
  public Route at(String otherPath) {
    return new Route(method, otherPath, name, endpoint, doc, needsToken);
  }

  /** The same route with another endpoint. */
  public Route servedBy(Endpoint other) {
    return new Route(method, path, name, other, doc, needsToken);
  }

  /** The same route, for probes, which have no token. */
  public Route forProbes() {
    return new Route(method, path, name, endpoint, doc, false);
  }
}
