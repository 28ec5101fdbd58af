package dev.bertserve.tokenizer;

import java.text.Normalizer;

/**
 * A normal form of Unicode 12.1, by which TensorFlow Text normalises; the JDK's version is newer.
 *
 * <p>Unpaired surrogates stay, and part what is beside them.
 */
public enum NormalForm {
  NFC(Normalizer.Form.NFC),
  NFD(Normalizer.Form.NFD),
  NFKC(Normalizer.Form.NFKC),
  NFKD(Normalizer.Form.NFKD),

  /** NFKC_Casefold: case folded, composed, and without ignorable code points. */
  NFKC_CASEFOLD(Normalizer.Form.NFC);

  private static final int ASCII = 0x80;

  private final Normalizer.Form composed;
  private final Normalizer.Form decomposed;

  NormalForm(Normalizer.Form composed) {
    this.composed = composed;
    this.decomposed =
        switch (composed) {
          case NFC, NFD -> Normalizer.Form.NFD;
          case NFKC, NFKD -> Normalizer.Form.NFKD;
        };
  }

  /** The form of {@code text}. */
  public String of(String text) {
    if (isAscii(text)) {
      return this == NFKC_CASEFOLD ? lowerCased(text) : text;
    }
    return normalized(this == NFKC_CASEFOLD ? folded(text) : text);
  }

  private static boolean isAscii(String text) {
    for (int at = 0; at < text.length(); at++) {
      if (text.charAt(at) >= ASCII) {
        return false;
      }
    }
    return true;
  }

  private static String lowerCased(String ascii) {
    for (int at = 0; at < ascii.length(); at++) {
      if (isUpperCase(ascii.charAt(at))) {
        char[] characters = ascii.toCharArray();
        for (int i = at; i < characters.length; i++) {
          if (isUpperCase(characters[i])) {
            characters[i] = (char) (characters[i] + 'a' - 'A');
          }
        }
        return new String(characters);
      }
    }
    return ascii;
  }

  private static boolean isUpperCase(char character) {
    return 'A' <= character && character <= 'Z';
  }

  private static String folded(String text) {
    StringBuilder folded = new StringBuilder(text.length() + 16);
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      FoldTable.appendFold(codePoint, folded);
    }
    return folded.toString();
  }

  /** A code point that is unassigned composes with nothing, so it parts the text. */
  private String normalized(String given) {
    String text = LongMarkRuns.ordered(given, decomposed);
    StringBuilder parts = new StringBuilder(text.length() + 16);
    int start = 0;
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      int end = at + Character.charCount(codePoint);
      if (codePoint >= ASCII && !FoldTable.isAssigned(codePoint)) {
        parts.append(Normalizer.normalize(text.substring(start, at), composed));
        parts.append(text, at, end);
        start = end;
      }
      at = end;
    }
    return start == 0
        ? Normalizer.normalize(text, composed)
        : parts.append(Normalizer.normalize(text.substring(start), composed)).toString();
  }
}
