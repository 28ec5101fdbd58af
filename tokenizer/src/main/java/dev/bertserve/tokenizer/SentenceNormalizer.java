package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Applies a SentencePiece model's own normalisation. One thread. */
final class SentenceNormalizer {

  private static final byte[] SPACE_SYMBOL = "\u2581".getBytes(UTF_8);
  private static final byte[] SPACE = {' '};
  private static final byte[] REPLACEMENT = "\uFFFD".getBytes(UTF_8);

  private final SentencePieceFile settings;
  private final CharacterMap map;
  private final TokenTrie userDefined;
  private final boolean[] plain = new boolean[0x80];
  private final byte[] space;
  private final Utf8Buffer out = new Utf8Buffer();
  private boolean afterSpace;

  SentenceNormalizer(SentencePieceModel model) {
    this.settings = model.file();
    this.map = settings.characterMap();
    this.userDefined = model.userDefined();
    this.space = settings.escapesWhitespaces() ? SPACE_SYMBOL : SPACE;
    for (int ascii = 0; ascii < plain.length; ascii++) {
      plain[ascii] = ascii != ' ' && isPlain(ascii);
    }
  }

  /** Whether no rule and no user-defined piece begins with this byte, other ASCII following. */
  private boolean isPlain(int ascii) {
    byte[] pair = {(byte) ascii, 0};
    for (int second = 0; second < 0x80; second++) {
      pair[1] = (byte) second;
      if (map.mayMatch(pair, 2)) {
        return false;
      }
    }
    return userDefined.child(userDefined.root(), ascii) == TokenTrie.NOWHERE;
  }

  /** The normal form of {@code in}, valid until the next call. */
  Utf8Buffer of(Utf8Buffer in) {
    out.clear();
    byte[] text = in.bytes();
    int end = in.length();
    int start = settings.removesExtraWhitespaces() ? endOfLeadingSpaces(text, end) : 0;
    if (start == end) {
      return out;
    }
    if (settings.addsDummyPrefix()) {
      out.append(space, 0, space.length);
    }
    afterSpace = settings.removesExtraWhitespaces();
    for (int at = start; at < end; ) {
      at += addNext(text, at, end);
    }
    if (settings.removesExtraWhitespaces()) {
      dropTrailingSpaces();
    }
    return out;
  }

  private int endOfLeadingSpaces(byte[] text, int end) {
    int at = 0;
    while (at < end && userDefined.longestMatch(text, at, end) == 0) {
      long match = map.match(text, at, end);
      if (match == CharacterMap.NONE) {
        if (text[at] != ' ') {
          break;
        }
        at++;
        continue;
      }
      int replacement = CharacterMap.replacement(match);
      if (map.endOf(replacement) != replacement + 1 || map.replacements()[replacement] != ' ') {
        break;
      }
      at += CharacterMap.length(match);
    }
    return at;
  }

  /** Appends the normal form of what stands at {@code at}; returns how many bytes that is. */
  private int addNext(byte[] text, int at, int end) {
    byte first = text[at];
    if (first >= 0 && plain[first] && (at + 1 == end || text[at + 1] >= 0)) {
      out.appendAscii(first);
      afterSpace = false;
      return 1;
    }
    int asItIs = userDefined.longestMatch(text, at, end);
    if (asItIs > 0) {
      add(text, at, at + asItIs);
      return asItIs;
    }
    long match = map.match(text, at, end);
    if (match != CharacterMap.NONE) {
      int replacement = CharacterMap.replacement(match);
      add(map.replacements(), replacement, map.endOf(replacement));
      return CharacterMap.length(match);
    }
    if (isSurrogate(text, at)) {
      add(REPLACEMENT, 0, REPLACEMENT.length);
      return 1;
    }
    int length = lengthOf(first);
    add(text, at, at + length);
    return length;
  }

  /** Whether this is a byte of an unpaired surrogate, the only thing malformed that comes here. */
  private static boolean isSurrogate(byte[] text, int at) {
    return (text[at] & 0xC0) == 0x80 || (text[at] == (byte) 0xED && (text[at + 1] & 0x20) != 0);
  }

  /** Length of the code point that starts with {@code first}. */
  static int lengthOf(byte first) {
    if (first >= 0) {
      return 1;
    }
    return first < (byte) 0xE0 ? 2 : first < (byte) 0xF0 ? 3 : 4;
  }

  private void add(byte[] source, int start, int end) {
    int at = start;
    while (afterSpace && at < end && source[at] == ' ') {
      at++;
    }
    if (at < end) {
      afterSpace = source[end - 1] == ' ' && settings.removesExtraWhitespaces();
    }
    for (; at < end; at++) {
      if (source[at] == ' ') {
        out.append(space, 0, space.length);
      } else {
        out.append(source, at, 1);
      }
    }
  }

  private void dropTrailingSpaces() {
    byte[] bytes = out.bytes();
    int length = out.length();
    while (length >= space.length && endsWithSpace(bytes, length)) {
      length -= space.length;
    }
    out.truncate(length);
  }

  private boolean endsWithSpace(byte[] bytes, int length) {
    for (int i = 0; i < space.length; i++) {
      if (bytes[length - space.length + i] != space[i]) {
        return false;
      }
    }
    return true;
  }
}
