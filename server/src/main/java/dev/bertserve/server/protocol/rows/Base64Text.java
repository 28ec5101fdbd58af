package dev.bertserve.server.protocol.rows;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Decodes base64 of UTF-8 text. */
final class Base64Text {

  private Base64Text() {}

  /** The text, or null if {@code encoded} is not base64 or holds malformed UTF-8. */
  static @Nullable String decode(String encoded) {
    try {
      byte[] bytes = Base64.getDecoder().decode(encoded);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null;
    }
  }
}
