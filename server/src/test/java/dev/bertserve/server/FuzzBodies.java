package dev.bertserve.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bertserve.server.fixture.KnownAnswer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Bodies of predict requests: good ones, and good ones with random damage. */
final class FuzzBodies {

  private static final int MOST_GOOD_ROWS = 5;
  private static final int MOST_DAMAGES = 3;
  private static final int MOST_ROWS = 6_000;
  private static final int MOST_DEPTH = 3_000;
  private static final int MOST_LETTERS = 120_000;
  private static final int MOST_DIGITS = 5_000;
  private static final int MOST_KEYS = 2_000;

  /** What a token or a byte is replaced with. */
  private static final String[] FRAGMENTS = {
    "null",
    "true",
    "-0",
    "1e400",
    "-1E-400",
    "01",
    "NaN",
    "[]",
    "{}",
    "[[]]",
    "\"\"",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "\\udc00\\ud800",
    "\"\\ud83d\\ude00\"",
    "\\u0000",
    "\0",
    "\n",
    "\t",
    "\uFEFF",
    "{\"b64\":\"YQ==\"}",
    "{\"b64\":\"YQ\"}",
    "{\"b64\":\"gA==\"}",
    "{\"b64\":1}",
    "{\"text\":\"a\"}",
    "{\"text\":{\"b64\":\"YQ==\"}}",
    "[\"a\",\"b\"]",
    "\"instances\":[]",
    "\"instances\"",
    ",",
    ":",
    "\"text\"",
    "\"parameters\":{},",
    "/*a*/",
    "{\"instances\":",
    "]}",
    "[",
    "]",
    "{",
    "}"
  };

  private static final int[][] BAD_UTF8 = {
    {0x80},
    {0xC0, 0x80},
    {0xC3},
    {0xE4, 0xB8},
    {0xED, 0xA0, 0x80},
    {0xF0, 0x9F, 0x98},
    {0xF4, 0x90, 0x80, 0x80},
    {0xFE},
    {0xFF}
  };

  private final List<KnownAnswer> answers;
  private final Random random;

  FuzzBodies(List<KnownAnswer> answers, Random random) {
    this.answers = answers;
    this.random = random;
  }

  /** Some rows of which the scores are known. */
  List<KnownAnswer> rows() {
    List<KnownAnswer> rows = new ArrayList<>();
    for (int i = random.nextInt(MOST_GOOD_ROWS); i >= 0; i--) {
      rows.add(answers.get(random.nextInt(answers.size())));
    }
    return rows;
  }

  /** The body that asks for {@code rows}, each in a random form. */
  byte[] good(List<KnownAnswer> rows) {
    ArrayNode instances = JsonNodeFactory.instance.arrayNode();
    for (KnownAnswer row : rows) {
      switch (random.nextInt(5)) {
        case 0 -> instances.addObject().put("text", row.text());
        case 1 -> instances.addArray().add(row.text());
        case 2 -> instances.addObject().put("b64", base64(row.text()));
        default -> instances.add(row.text());
      }
    }
    String parameters = random.nextInt(4) == 0 ? ",\"parameters\":{\"a\":[1,{\"b\":null}]}" : "";
    return utf8("{\"instances\":" + instances + parameters + "}");
  }

  byte[] damaged() {
    if (random.nextInt(8) == 0) {
      return manyRows();
    }
    return damaged(good(rows()));
  }

  /** {@code body} with some damage. */
  byte[] damaged(byte[] good) {
    byte[] body = good;
    for (int i = random.nextInt(MOST_DAMAGES); i >= 0; i--) {
      body = damagedOnce(body);
    }
    return body;
  }

  private byte[] damagedOnce(byte[] body) {
    int at = random.nextInt(body.length + 1);
    int end = Math.min(body.length, at + 1 + random.nextInt(12));
    return switch (random.nextInt(14)) {
      case 0 -> replaced(body, at, body.length, new byte[0]);
      case 1 -> replaced(body, at, end, new byte[0]);
      case 2 -> replaced(body, at, at, slice(body, at, end));
      case 3 -> withBracket(body, 0);
      case 4 -> withBracket(body, 2);
      case 5 -> replaced(body, at, at, fragment());
      case 6 -> replaced(body, at, end, fragment());
      case 7 -> insteadOfToken(body, fragment());
      case 8 -> replaced(body, at, at, badUtf8());
      case 9 -> replaced(body, at, Math.min(body.length, at + 1), randomBytes());
      case 10 -> insteadOfToken(body, nesting());
      case 11 ->
          insteadOfToken(
              body, utf8("\"" + "long ".repeat(random.nextInt(MOST_LETTERS / 5)) + "\""));
      case 12 -> insteadOfToken(body, utf8("9".repeat(1 + random.nextInt(MOST_DIGITS))));
      default -> insteadOfToken(body, manyKeys());
    };
  }

  /** From no row to more than are ever admitted; few different texts, so that they cost little. */
  private byte[] manyRows() {
    int count = random.nextBoolean() ? random.nextInt(3) : random.nextInt(MOST_ROWS);
    StringBuilder rows = new StringBuilder("{\"instances\":[");
    for (int i = 0; i < count; i++) {
      rows.append(i == 0 ? "" : ",").append('"');
      rows.append(random.nextInt(4) == 0 ? "" : "w" + random.nextInt(16)).append('"');
    }
    return utf8(rows.append("]}").toString());
  }

  /** With one bracket {@code times} over. */
  private byte[] withBracket(byte[] body, int times) {
    List<Integer> brackets = new ArrayList<>();
    for (int i = 0; i < body.length; i++) {
      if ("[]{}\",:".indexOf(body[i]) >= 0) {
        brackets.add(i);
      }
    }
    if (brackets.isEmpty()) {
      return body;
    }
    int at = brackets.get(random.nextInt(brackets.size()));
    byte[] bracket = slice(body, at, at + 1);
    return replaced(body, at, at + 1, times == 0 ? new byte[0] : joined(bracket, bracket));
  }

  /** With {@code fragment} in the place of a string. */
  private byte[] insteadOfToken(byte[] body, byte[] fragment) {
    int from = random.nextInt(body.length + 1);
    int start = indexOfQuote(body, from);
    int end = indexOfQuote(body, start + 1);
    return end >= body.length
        ? replaced(body, from, from, fragment)
        : replaced(body, start, end + 1, fragment);
  }

  private static int indexOfQuote(byte[] body, int from) {
    int at = from;
    while (at < body.length && body[at] != '"') {
      at++;
    }
    return at;
  }

  private byte[] fragment() {
    return utf8(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
  }

  private byte[] nesting() {
    int depth = 1 + random.nextInt(random.nextBoolean() ? 8 : MOST_DEPTH);
    boolean objects = random.nextBoolean();
    String open = (objects ? "{\"a\":" : "[").repeat(depth);
    String close = (objects ? "}" : "]").repeat(random.nextInt(4) == 0 ? depth - 1 : depth);
    return utf8(open + "1" + close);
  }

  private byte[] manyKeys() {
    StringBuilder keys = new StringBuilder("{\"text\":\"a\"");
    int count = random.nextInt(MOST_KEYS);
    for (int i = 0; i < count; i++) {
      keys.append(",\"k").append(random.nextInt(4) == 0 ? 0 : i).append("\":").append(i);
    }
    return utf8(keys.append('}').toString());
  }

  private byte[] badUtf8() {
    int[] codes = BAD_UTF8[random.nextInt(BAD_UTF8.length)];
    byte[] bytes = new byte[codes.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) codes[i];
    }
    return bytes;
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[1 + random.nextInt(4)];
    random.nextBytes(bytes);
    return bytes;
  }

  static byte[] replaced(byte[] bytes, int start, int end, byte[] middle) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(bytes, 0, start);
    all.writeBytes(middle);
    all.write(bytes, end, bytes.length - end);
    return all.toByteArray();
  }

  static byte[] joined(byte[] first, byte[] second) {
    return replaced(first, first.length, first.length, second);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] slice(byte[] bytes, int start, int end) {
    return Arrays.copyOfRange(bytes, start, end);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(utf8(text));
  }
}
