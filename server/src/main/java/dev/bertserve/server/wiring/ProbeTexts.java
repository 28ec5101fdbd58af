package dev.bertserve.server.wiring;

import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** Texts of many lengths and kinds, for comparing precisions at start. */
public final class ProbeTexts {

  private static final List<String> TEXTS =
      List.of(
          "",
          "good",
          "Not bad at all.",
          "The worst film I have seen this year, and I have seen many.",
          "A gripping, beautifully acted film that never lets go!",
          "it's slow , very , very slow .",
          "The plot makes little sense; the music, however, is a delight from start to finish.",
          "Order 4711 arrived two weeks late, the box was open and nobody answered the phone.",
          "¿Dónde está la biblioteca? Äußerst merkwürdig, n'est-ce pas?",
          "東京は夜の七時 — メール: someone@example.com",
          "1234567890 !!! ??? ... (((( ))))",
          "despite its flaws , this is a warm , funny and deeply human story about people who cannot"
              + " find the words for what they feel , told with patience and without a false note .");

  private ProbeTexts() {}

  /**
   * The texts as rows of a model. Without rows that the model rejects, such as texts that are too
   * short for it.
   */
  public static List<TokenIds> rows(ModelSignature signature, TokenEncoding encoding) {
    List<TokenIds> rows = new ArrayList<>(TEXTS.size());
    for (List<String> texts : rowsOf(signature.texts().size())) {
      add(texts.toArray(String[]::new), encoding, rows);
    }
    return rows;
  }

  /** Rows of {@code inputs} texts: each text, with those after it. */
  public static List<List<String>> rowsOf(int inputs) {
    List<List<String>> rows = new ArrayList<>(TEXTS.size());
    for (int i = 0; i < TEXTS.size(); i++) {
      List<String> row = new ArrayList<>(inputs);
      for (int k = 0; k < inputs; k++) {
        row.add(TEXTS.get((i + k) % TEXTS.size()));
      }
      rows.add(row);
    }
    return rows;
  }

  private static void add(String[] texts, TokenEncoding encoding, List<TokenIds> rows) {
    try {
      rows.add(encoding.encode(texts).ids());
    } catch (ServingException rejected) {
      // Another text will do
    }
  }
}
