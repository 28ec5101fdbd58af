package dev.bertserve.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/** A text, or a pair, and the ids and segments TensorFlow Text gives it. */
record Golden(List<String> texts, List<Integer> ids, List<Integer> segments) {

  private static final JsonFactory JSON = new JsonFactory();

  /** Reads lines of JSON, compressed by xz. */
  static List<Golden> read(InputStream compressed) throws IOException {
    List<Golden> goldens = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new XZInputStream(compressed), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        goldens.add(parse(line));
      }
    }
    return goldens;
  }

  TokenIds tokenizedBy(BertTokenizer tokenizer) {
    return texts.size() == 1
        ? tokenizer.tokenize(texts.get(0))
        : tokenizer.tokenize(texts.get(0), texts.get(1));
  }

  TokenIds expected() {
    int secondStart = segments.indexOf(1);
    return new TokenIds(
        ids.stream().mapToInt(i -> i).toArray(), secondStart < 0 ? ids.size() : secondStart);
  }

  private static Golden parse(String line) throws IOException {
    List<String> texts = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    List<Integer> segments = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(line)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          texts.add(parser.getText());
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
          boolean segment =
              parser.getParsingContext().getParent().getCurrentName().equals("segments");
          (segment ? segments : ids).add(parser.getIntValue());
        }
      }
    }
    return new Golden(texts, ids, segments);
  }
}
