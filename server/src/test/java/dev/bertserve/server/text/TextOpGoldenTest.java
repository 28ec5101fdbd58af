package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.failure.ServingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.XZInputStream;

/** Random ops and texts against what TensorFlow made of them; see make_text_goldens.py. */
final class TextOpGoldenTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void apply_randomText_isTensorFlows() throws IOException {
    int cases = 0;
    List<String> different = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(), US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode golden = JSON.readTree(line);
        List<String> arguments = new ArrayList<>();
        golden.get("arguments").forEach(argument -> arguments.add(argument.asText()));
        String name = golden.get("op").asText();
        List<TextOp> ops = ops(name, arguments);
        for (JsonNode goldenCase : golden.get("cases")) {
          byte[] text = goldenCase.get(0).asText().getBytes(ISO_8859_1);
          String expected = goldenCase.get(1).isNull() ? null : goldenCase.get(1).asText();
          String found = result(ops, text);
          if (!Objects.equals(found, expected)) {
            different.add(
                name + arguments + " of " + goldenCase.get(0) + ": " + found + " not " + expected);
          }
          cases++;
        }
      }
    }
    assertThat(different).isEmpty();
    assertThat(cases).isGreaterThanOrEqualTo(20_000);
  }

  private static InputStream open() throws IOException {
    InputStream packed = TextOpGoldenTest.class.getResourceAsStream("/goldens/text-ops.jsonl.xz");
    return new XZInputStream(Objects.requireNonNull(packed));
  }

  /** A split comes with the join that makes one text of it again. */
  private static List<TextOp> ops(String name, List<String> arguments) {
    return name.equals("StringSplit")
        ? List.of(
            TextOp.of(name, arguments.subList(0, 2)),
            TextOp.of("UnsortedSegmentJoin", arguments.subList(2, 3)))
        : List.of(TextOp.of(name, arguments));
  }

  private static String result(List<TextOp> ops, byte[] text) {
    Object value = text;
    try {
      for (TextOp op : ops) {
        value = op.apply(new Object[] {value});
      }
    } catch (ServingException e) {
      return null;
    }
    return value instanceof byte[] bytes ? new String(bytes, ISO_8859_1) : value.toString();
  }
}
