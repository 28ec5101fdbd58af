package dev.bertserve.server.endpoint;

/**
 * What the API description says of a route.
 *
 * @param summary one line; empty for a route that is not described
 * @param bodyExample a JSON body; empty if the route takes none
 */
public record RouteDoc(String summary, String bodyExample) {

  static final RouteDoc NONE = new RouteDoc("", "");
}
