package dev.bertserve.server.wiring;

import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.tokenizer.TokenIds;
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

  /** Rows of a model, without those that it rejects. */
  public static List<TokenIds> rows(ModelSignature signature, TokenEncoding encoding) {
    return TextRows.encoded(TEXTS, signature, encoding);
  }

  /** Rows of {@code count} texts. */
  public static List<List<String>> rowsOf(int count) {
    return TextRows.of(TEXTS, count);
  }
}
