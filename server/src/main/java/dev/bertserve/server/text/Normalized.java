package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bertserve.tokenizer.NormalForm;
import java.io.ByteArrayOutputStream;

/**
 * CaseFoldUTF8 and NormalizeUTF8.
 *
 * <p>Composing leaves stray bytes and surrogates as they are; decomposing makes each U+FFFD.
 */
record Normalized(NormalForm form) {

  byte[] of(byte[] text) {
    return switch (form) {
      case NFD, NFKD -> form.of(TextBytes.replaced(text)).getBytes(UTF_8);
      case NFC, NFKC, NFKC_CASEFOLD -> composed(text);
    };
  }

  private byte[] composed(byte[] text) {
    if (TextBytes.strayBytes(text) == 0) {
      return part(text, 0, text.length);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
    int start = 0;
    for (int at = 0; at < text.length; at = TextBytes.next(text, at)) {
      if (TextBytes.length(text, at) == 0) {
        out.writeBytes(part(text, start, at));
        out.write(text[at]);
        start = at + 1;
      }
    }
    out.writeBytes(part(text, start, text.length));
    return out.toByteArray();
  }

  private byte[] part(byte[] text, int start, int end) {
    return TextBytes.of(form.of(TextBytes.text(TextBytes.range(text, start, end))));
  }
}
