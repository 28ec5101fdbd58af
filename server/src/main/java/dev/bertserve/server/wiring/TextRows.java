package dev.bertserve.server.wiring;

import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** Rows of a model from a list of texts. */
final class TextRows {

  private TextRows() {}

  /** One row for each text; it and the texts after it fill the row's {@code count} places. */
  static List<List<String>> of(List<String> texts, int count) {
    List<List<String>> rows = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      List<String> row = new ArrayList<>(count);
      for (int k = 0; k < count; k++) {
        row.add(texts.get((i + k) % texts.size()));
      }
      rows.add(row);
    }
    return rows;
  }

  /** The same rows as token ids, without those that the model rejects, such as too short texts. */
  static List<TokenIds> encoded(
      List<String> texts, ModelSignature signature, TokenEncoding encoding) {
    List<TokenIds> encoded = new ArrayList<>(texts.size());
    for (List<String> row : of(texts, signature.leastTexts())) {
      try {
        encoded.add(encoding.encode(row.toArray(String[]::new)).ids());
      } catch (ServingException rejected) {
        // The other texts are enough.
      }
    }
    return encoded;
  }
}
