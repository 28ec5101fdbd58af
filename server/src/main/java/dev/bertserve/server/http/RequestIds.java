package dev.bertserve.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What clients send to find a request again: returned with its response, and logged. */
final class RequestIds {

  private static final List<String> NAMES = List.of("X-Request-Id", "traceparent");

  /** Longer ones, and those with other characters, are left out. */
  private static final Pattern ALLOWED = Pattern.compile("[!-~]{1,128}");

  private RequestIds() {}

  /** Copies the ids of a request to the headers of its response. */
  static void copy(@Nullable RequestHead head, HttpHeaders response) {
    for (String name : NAMES) {
      String id = id(head, name);
      if (!id.isEmpty()) {
        response.set(name, id);
      }
    }
  }

  /** The ids of a request for the log; empty if it has none. */
  static String label(@Nullable RequestHead head) {
    StringBuilder label = new StringBuilder();
    for (String name : NAMES) {
      String id = id(head, name);
      if (!id.isEmpty()) {
        label.append(' ').append(name).append(' ').append(id);
      }
    }
    return label.toString();
  }

  private static String id(@Nullable RequestHead head, String name) {
    String id = head == null ? "" : head.header(name);
    return ALLOWED.matcher(id).matches() ? id : "";
  }
}
