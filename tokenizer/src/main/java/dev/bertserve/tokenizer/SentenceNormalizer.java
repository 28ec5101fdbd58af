package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Applies a SentencePiece model's own normalisation, to a text read in pieces. One thread. */
final class SentenceNormalizer {

  private static final byte[] SPACE_SYMBOL = "\u2581".getBytes(UTF_8);
  private static final byte[] SPACE = {' '};
  private static final byte[] REPLACEMENT = "\uFFFD".getBytes(UTF_8);

  /** Bytes of a code point. */
  private static final int LONGEST = 4;

  /** Bytes, or spaces, made at once. */
  private static final int STEP = 1024;

  private final StrippedText input;
  private final CharacterMap map;
  private final TokenTrie userDefined;
  private final boolean addsPrefix;
  private final boolean removesSpaces;
  private final byte[] space;
  private final boolean[] plain = new boolean[0x80];

  /** Number of bytes that determine what stands at a position, rules of the map aside. */
  private final int lookahead;

  private final Utf8Buffer out = new Utf8Buffer();
  private int at;
  private boolean needsInput;
  private boolean begun;
  private boolean afterSpace;

  /** Spaces that are dropped unless something follows. */
  private int heldSpaces;

  SentenceNormalizer(SentencePieceModel model, StrippedText input) {
    SentencePieceFile settings = model.file();
    this.input = input;
    this.map = settings.characterMap();
    this.userDefined = model.userDefined();
    this.addsPrefix = settings.addsDummyPrefix();
    this.removesSpaces = settings.removesExtraWhitespaces();
    this.space = settings.escapesWhitespaces() ? SPACE_SYMBOL : SPACE;
    this.lookahead = Math.max(LONGEST, settings.tokens().longest(settings.idsUserDefined()));
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

  /** Starts to read {@code text}. */
  void open(String text) {
    input.open(text);
    out.clear();
    at = 0;
    needsInput = true;
    begun = false;
    afterSpace = removesSpaces;
    heldSpaces = 0;
  }

  /** Whether the normal form is complete. */
  boolean isAtEnd() {
    return input.isAtEnd() && at == input.settled();
  }

  /** The normal form so far, up to {@link #length}, less what was dropped. */
  byte[] bytes() {
    return out.bytes();
  }

  int length() {
    return out.length();
  }

  /** Drops the first {@code count} bytes and reads on, about {@link #STEP} bytes. */
  void readOn(int count) {
    out.dropFirst(count);
    if (needsInput) {
      input.readOn(at);
      at = 0;
      needsInput = false;
    }
    byte[] text = input.bytes();
    int end = input.settled();
    if (!begun && end > 0) {
      begun = true;
      if (addsPrefix) {
        addSpace();
      }
    }
    int readable = input.isAtEnd() ? end : end - lookahead + 1;
    int full = out.length() + STEP;
    while (at < readable && out.length() < full) {
      int read = addNext(text, at, end);
      if (read == 0) {
        return;
      }
      at += read;
    }
    needsInput |= at >= readable;
  }

  /**
   * Appends the normal form of what stands at {@code at}; returns how many bytes that is, or 0 if
   * it did not yet append it.
   */
  private int addNext(byte[] text, int at, int end) {
    byte first = text[at];
    if (first >= 0 && plain[first] && (at + 1 == end || text[at + 1] >= 0)) {
      if (heldSpaces > 0 && !appendHeldSpaces()) {
        return 0;
      }
      out.appendAscii(first);
      afterSpace = false;
      return 1;
    }
    int asItIs = userDefined.longestMatch(text, at, end);
    if (asItIs > 0) {
      return add(text, at, at + asItIs) ? asItIs : 0;
    }
    long match = map.match(text, at, end);
    if (CharacterMap.isOpen(match) && !input.isAtEnd()) {
      needsInput = true;
      return 0;
    }
    if (CharacterMap.length(match) > 0) {
      int replacement = CharacterMap.replacement(match);
      return add(map.replacements(), replacement, map.endOf(replacement))
          ? CharacterMap.length(match)
          : 0;
    }
    if (isSurrogate(text, at)) {
      return add(REPLACEMENT, 0, REPLACEMENT.length) ? 1 : 0;
    }
    int length = lengthOf(first);
    return add(text, at, at + length) ? length : 0;
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

  /** Appends {@code source}, or else some of the many spaces held before it. */
  private boolean add(byte[] source, int start, int end) {
    int next = start;
    while (afterSpace && next < end && source[next] == ' ') {
      next++;
    }
    if (heldSpaces >= STEP && hasMoreThanSpaces(source, next, end)) {
      appendHeldSpaces();
      return false;
    }
    if (next < end) {
      afterSpace = source[end - 1] == ' ' && removesSpaces;
    }
    while (next < end) {
      int length = spaceAt(source, next, end);
      if (length > 0) {
        addSpace();
        next += length;
        continue;
      }
      while (heldSpaces > 0) {
        appendHeldSpaces();
      }
      out.append(source, next, 1);
      next++;
    }
    return true;
  }

  private boolean hasMoreThanSpaces(byte[] source, int start, int end) {
    int length = 1;
    for (int next = start; next < end; next += length) {
      length = spaceAt(source, next, end);
      if (length == 0) {
        return true;
      }
    }
    return false;
  }

  /** Length of the space, or of what stands for one in the normal form; 0 if there is none. */
  private int spaceAt(byte[] source, int start, int end) {
    if (source[start] == ' ') {
      return 1;
    }
    boolean isSymbol =
        source[start] == space[0]
            && end - start >= space.length
            && Arrays.equals(source, start, start + space.length, space, 0, space.length);
    return isSymbol ? space.length : 0;
  }

  private void addSpace() {
    if (removesSpaces) {
      heldSpaces++;
      return;
    }
    out.append(space, 0, space.length);
  }

  /** Appends held spaces, as many as go at once; returns whether those are all. */
  private boolean appendHeldSpaces() {
    int count = Math.min(heldSpaces, STEP);
    for (int i = 0; i < count; i++) {
      out.append(space, 0, space.length);
    }
    heldSpaces -= count;
    return heldSpaces == 0;
  }
}
