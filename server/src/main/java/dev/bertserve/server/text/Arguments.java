package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bertserve.tokenizer.NormalForm;
import java.util.List;

/** The arguments of one op, a byte a character, read by what they mean. */
record Arguments(String op, List<String> all) {

  byte[] bytes(int place) {
    return at(place).getBytes(ISO_8859_1);
  }

  String utf8(int place) {
    return new String(bytes(place), UTF_8);
  }

  long number(int place) {
    return Long.parseLong(at(place));
  }

  boolean isTrue(int place) {
    return Boolean.parseBoolean(at(place));
  }

  /** Whether an encoding is UTF-8; else it is ASCII, said by nothing. */
  boolean isUtf8(int place) {
    return isSecond(place, "", "utf-8");
  }

  boolean isCodePoints(int place) {
    return isSecond(place, "BYTE", "UTF8_CHAR");
  }

  private boolean isSecond(int place, String first, String second) {
    if (!at(place).equals(first) && !at(place).equals(second)) {
      throw unknown(place, "'" + first + "' or '" + second + "'");
    }
    return at(place).equals(second);
  }

  NormalForm form(int place) {
    return switch (at(place)) {
      case "NFC" -> NormalForm.NFC;
      case "NFD" -> NormalForm.NFD;
      case "NFKC" -> NormalForm.NFKC;
      case "NFKD" -> NormalForm.NFKD;
      default -> throw unknown(place, "NFC, NFD, NFKC or NFKD");
    };
  }

  IllegalArgumentException unknown(int place, String expected) {
    return new IllegalArgumentException(op + ": " + at(place) + " (expected: " + expected + ")");
  }

  String at(int place) {
    if (place >= all.size()) {
      throw new IllegalArgumentException(
          op + ": " + all.size() + " arguments (expected: more than " + place + ")");
    }
    return all.get(place);
  }
}
