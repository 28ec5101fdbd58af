package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.Utf8;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decodes base64 of UTF-8 text; skips white space, such as the line ends of many encoders. */
final class Base64Text {

  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  private Base64Text() {}

  /** The text, or null if {@code encoded} is not base64 or holds malformed UTF-8. */
  static @Nullable String decode(String encoded) {
    try {
      return Utf8.decode(Base64.getDecoder().decode(WHITE_SPACE.matcher(encoded).replaceAll("")));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
