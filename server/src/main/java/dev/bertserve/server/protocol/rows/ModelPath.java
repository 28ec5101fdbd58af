package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.failure.Shown;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The model that a request names; a path does so by its variables {@code model} and {@code
 * version}.
 *
 * @param version empty for the largest one
 */
public record ModelPath(String name, OptionalLong version) {

  private static final int MAX_DIGITS = 18;

  /** Empty if the version is no number. */
  public static Optional<ModelPath> of(Request request) {
    return of(
        request.pathValues().getOrDefault("model", ""),
        request.pathValues().getOrDefault("version", ""));
  }

  /** The same for a version in digits; an empty one is the largest. */
  public static Optional<ModelPath> of(String name, String digits) {
    if (digits.isEmpty()) {
      return Optional.of(new ModelPath(name, OptionalLong.empty()));
    }
    if (digits.length() > MAX_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    return Optional.of(new ModelPath(name, OptionalLong.of(Long.parseLong(digits))));
  }

  /** The name, cut to a length that an error message can show. */
  public String shownName() {
    return Shown.of(name);
  }
}
