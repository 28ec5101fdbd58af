package dev.bertserve.server.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

  @Test
  void next_allKinds_areTold() {
    try (JsonReader json = reader("{\"a\":[\"s\",1,-2.5e3,true,false,null]}")) {
      assertThat(json.next()).isEqualTo(JsonToken.OBJECT);
      assertThat(json.next()).isEqualTo(JsonToken.NAME);
      assertThat(json.text()).isEqualTo("a");
      assertThat(json.next()).isEqualTo(JsonToken.ARRAY);
      assertThat(json.next()).isEqualTo(JsonToken.STRING);
      assertThat(json.text()).isEqualTo("s");
      assertThat(json.next()).isEqualTo(JsonToken.NUMBER);
      assertThat(json.next()).isEqualTo(JsonToken.NUMBER);
      assertThat(json.next()).isEqualTo(JsonToken.BOOLEAN);
      assertThat(json.next()).isEqualTo(JsonToken.BOOLEAN);
      assertThat(json.next()).isEqualTo(JsonToken.NULL);
      assertThat(json.next()).isEqualTo(JsonToken.ARRAY_END);
      assertThat(json.next()).isEqualTo(JsonToken.OBJECT_END);
      assertThat(json.next()).isEqualTo(JsonToken.END);
    }
  }

  @Test
  void text_escapedUnpairedSurrogate_isKept() {
    assertThat(string("\"a\\ud800b\"")).isEqualTo("a\ud800b");
    assertThat(string("\"\\udc00\"")).isEqualTo("\udc00");
    assertThat(string("\"\\ud83d\\ude00\"")).isEqualTo("\ud83d\ude00");
  }

  @Test
  void text_controlAndLongAndNonAscii_isKept() {
    String text = "x".repeat(100_000) + "\u00e9\u4e2d\ud83d\ude00";
    assertThat(string("\"" + text + "\\u0000\\n\"")).isEqualTo(text + "\0\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "[1,",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "nul",
        "NaN",
        "[Infinity]",
        "[-Infinity]",
        "[+1]",
        "[01]",
        "[1.]",
        "[.5]",
        "[1e]",
        "[-]",
        "[0x10]",
        "\"\t\"",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"abc",
        "// c\n1",
        "[1 2]",
        "]",
        "{\"a\":1,\"a\":2}",
        "[tru]",
        "[\"a\"\"b\"]",
        "{\"a\" 1}",
        "{1:2}",
        "[1}",
        "{]"
      })
  void next_notJson_isRejected(String text) {
    assertThatThrownBy(() -> readAll(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ServingException.class)
        .hasMessageMatching("body: .*\\(expected: .*\\)")
        .hasMessageNotContaining("com.");
  }

  @Test
  void next_notJson_saysWhere() {
    assertThatThrownBy(() -> readAll("{\n \"a\": x}".getBytes(StandardCharsets.UTF_8)))
        .hasMessageStartingWith("body: not JSON at line 2, column ");
    assertThatThrownBy(() -> readAll("{\"a\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8)))
        .hasMessageStartingWith("body: a key twice at line 1, column ");
    assertThatThrownBy(() -> readAll("[".repeat(101).getBytes(StandardCharsets.UTF_8)))
        .hasMessageStartingWith("body: too deep or too long at line 1");
  }

  @ParameterizedTest
  @CsvSource({
    "22 C3 22",
    "22 80 22",
    "22 C0 80 22",
    "22 C1 BF 22",
    "22 E0 80 80 22",
    "22 ED A0 80 22",
    "22 F0 80 80 80 22",
    "22 F4 90 80 80 22",
    "22 F5 80 80 80 22",
    "22 FF 22",
    "22 E4 B8",
    "22 E4 B8 22",
    "22 F0 9F 98",
    "FE FF 00 31",
    "00 31",
    "31 00",
    "31 00 00 00"
  })
  void reader_notUtf8_isRejected(String hex) {
    byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
    assertThatThrownBy(() -> readAll(bytes))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("(expected: JSON in UTF-8)");
  }

  @Test
  void firstMalformed_everyCodePoint_isWellFormed() {
    StringBuilder all = new StringBuilder();
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (point < 0xD800 || point > 0xDFFF) {
        all.appendCodePoint(point);
      }
    }
    assertThat(Utf8.firstMalformed(all.toString().getBytes(StandardCharsets.UTF_8))).isEqualTo(-1);
  }

  private static String string(String json) {
    try (JsonReader reader = reader(json)) {
      assertThat(reader.next()).isEqualTo(JsonToken.STRING);
      return reader.text();
    }
  }

  private static void readAll(byte[] body) {
    try (JsonReader json = new JsonReader(body)) {
      JsonToken token = json.next();
      if (token == JsonToken.END) {
        throw new ServingException(FailureKind.INVALID, "body: empty (expected: JSON)");
      }
      while (token != JsonToken.END) {
        if (token == JsonToken.STRING) {
          json.text();
        }
        token = json.next();
      }
    }
  }

  private static JsonReader reader(String text) {
    return new JsonReader(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void next_objectOfAThousandKeys_isRead() {
    read(object(1_000));
    skip("[" + object(1_000) + "," + object(1_000) + "]");
  }

  @Test
  void next_objectOfMoreThanAThousandKeys_isInvalid() {
    assertTooManyKeys(() -> read(object(1_001)));
    assertTooManyKeys(() -> read("{\"a\":{},\"b\":[1,{\"c\":1}]," + object(1_000).substring(1)));
  }

  @Test
  void skip_objectOfMoreThanAThousandKeys_isInvalid() {
    assertTooManyKeys(() -> skip(object(1_001)));
    assertTooManyKeys(() -> skip("[[{\"a\":" + object(1_001) + "}]]"));
  }

  @Test
  void next_keyOfAThousandBytes_isRead() {
    read("{\"" + "k".repeat(1_000) + "\":0}");
    read("{\"" + "\u4e2d".repeat(333) + "\":0}");
  }

  @Test
  void next_longerKey_isInvalid() {
    for (String key : new String[] {"k".repeat(1_100), "\u4e2d".repeat(400), "\\n".repeat(1_100)}) {
      assertThatThrownBy(() -> read("{\"" + key + "\":0}"))
          .isInstanceOf(ServingException.class)
          .hasMessageStartingWith("body: too deep or too long at line 1, column ")
          .hasMessageEndingWith("keys and numbers of at most 1000 bytes)");
    }
  }

  /** Keys are known again by a table that outlives the body. */
  @Test
  void next_manyDifferentKeys_leaveLittleMemory() {
    long before = usedBytes();
    for (int body = 0; body < 10; body++) {
      StringBuilder json = new StringBuilder("[0");
      for (int i = 0; i < 100; i++) {
        String key = body + "k" + i + "x".repeat(40_000);
        json.append(",{\"").append(key).append("\":0}");
      }
      try {
        read(json.append("]").toString());
      } catch (ServingException e) {
        assertThat(e).hasMessageContaining("too long");
      }
    }
    assertThat(usedBytes() - before).isLessThan(20_000_000);
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void skip_objectThatEndsTooEarly_isInvalid() {
    assertThatThrownBy(() -> skip("[{\"a\":[1,2"))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("ends too early");
  }

  private static void assertTooManyKeys(ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOf(ServingException.class)
        .hasMessageStartingWith("body: too many keys at line 1, column ")
        .hasMessageEndingWith(" (expected: at most 1000 in an object)");
  }

  private static void read(String json) {
    try (JsonReader reader = new JsonReader(json.getBytes(StandardCharsets.UTF_8))) {
      while (reader.next() != JsonToken.END) {}
    }
  }

  private static void skip(String json) {
    try (JsonReader reader = new JsonReader(json.getBytes(StandardCharsets.UTF_8))) {
      reader.next();
      reader.skip();
      assertThat(reader.next()).isEqualTo(JsonToken.END);
    }
  }

  private static String object(int keys) {
    return IntStream.range(0, keys)
        .mapToObj(key -> "\"k" + key + "\":0")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
