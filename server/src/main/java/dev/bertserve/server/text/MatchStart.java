package dev.bertserve.server.text;

import java.util.ArrayList;
import java.util.List;

/**
 * What a pattern's matches begin with, as far as that is plain from its tokens: one of some
 * sequences of code points, each one of a set. One thread while it is told of the tokens, in their
 * order; then any thread.
 */
final class MatchStart {

  /** Longer sequences would hardly be rarer in texts. */
  private static final int MAX_LENGTH = 4;

  /** Where the next token stands in its alternative. */
  private enum Place {
    START,
    WITHIN_SEQUENCE,
    AFTER_GROUP,
    FURTHER
  }

  private final List<List<CodepointSet>> sequences = new ArrayList<>();

  /** Code points of ASCII that begin a sequence. */
  private final boolean[] asciiFirsts = new boolean[0x80];

  private List<CodepointSet> sequence = new ArrayList<>();
  private boolean known = true;
  private boolean single = true;
  private boolean repeats;
  private int depth;

  /** Groups that are open and that a match begins with. */
  private int leading;

  private Place place = Place.START;

  /** One code point of {@code set}. */
  void set(CodepointSet set) {
    single &= place == Place.START;
    boolean follows = place == Place.START || place == Place.WITHIN_SEQUENCE;
    if (follows && sequence.size() < MAX_LENGTH) {
      sequence.add(set);
      place = Place.WITHIN_SEQUENCE;
    } else {
      place = Place.FURTHER;
    }
  }

  /** A place such as the start of a line, or a flag for what follows. */
  void noCodePoint() {
    single = false;
    place = place == Place.START ? Place.START : Place.FURTHER;
  }

  void group() {
    single = false;
    depth++;
    if (place == Place.START) {
      leading++;
    } else {
      place = Place.FURTHER;
    }
  }

  void endOfGroup() {
    if (depth == leading) {
      end();
      leading--;
      place = Place.AFTER_GROUP;
    } else {
      place = Place.FURTHER;
    }
    depth--;
  }

  void alternative() {
    single = false;
    if (depth == leading) {
      end();
      place = Place.START;
    }
  }

  /** The last token once or more. */
  void repetition() {
    single &= place == Place.WITHIN_SEQUENCE && !repeats;
    repeats = true;
    place = Place.FURTHER;
  }

  /** The last token as often as is not known here, or its repetition as short as possible. */
  void otherRepetition() {
    single = false;
    if (place == Place.WITHIN_SEQUENCE) {
      sequence.remove(sequence.size() - 1);
    }
    known &= place == Place.FURTHER || (place == Place.WITHIN_SEQUENCE && !sequence.isEmpty());
    place = Place.FURTHER;
  }

  /** No token follows in this alternative. */
  void end() {
    known &= place != Place.START;
    if (!sequence.isEmpty()) {
      sequences.add(sequence);
      for (int codePoint = 0; codePoint < asciiFirsts.length; codePoint++) {
        asciiFirsts[codePoint] |= sequence.get(0).contains(codePoint);
      }
      sequence = new ArrayList<>();
    }
  }

  /** Whether every match begins with one of certain sequences. */
  boolean isKnown() {
    return known;
  }

  /** Whether the pattern is one code point of a set, or as many of them as there are. */
  boolean isSingle() {
    return known && single;
  }

  /** Whether a single pattern matches as many code points as there are. */
  boolean repeats() {
    return repeats;
  }

  /**
   * Where the first match in {@code text} from {@code from} on can begin; its length if nowhere.
   */
  int next(byte[] text, int from) {
    int at = from;
    while (known && at < text.length && !isAt(text, at)) {
      at = text[at] >= 0 ? at + 1 : TextBytes.next(text, at);
    }
    return at;
  }

  /** Whether a match in {@code text} can begin at {@code at}. */
  boolean isAt(byte[] text, int at) {
    if (text[at] >= 0 && !asciiFirsts[text[at]]) {
      return false;
    }
    for (List<CodepointSet> candidate : sequences) {
      if (isAt(text, at, candidate)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAt(byte[] text, int start, List<CodepointSet> sequence) {
    int at = start;
    for (CodepointSet set : sequence) {
      int length = at < text.length ? TextBytes.length(text, at) : 0;
      if (length == 0 || !set.contains(TextBytes.codePoint(text, at, length))) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /** The same of a string. */
  int next(String text, int from) {
    int at = from;
    while (known && at < text.length() && !isAt(text, at)) {
      at += Character.charCount(text.codePointAt(at));
    }
    return at;
  }

  private boolean isAt(String text, int at) {
    if (text.charAt(at) < asciiFirsts.length && !asciiFirsts[text.charAt(at)]) {
      return false;
    }
    for (List<CodepointSet> candidate : sequences) {
      if (isAt(text, at, candidate)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAt(String text, int start, List<CodepointSet> sequence) {
    int at = start;
    for (CodepointSet set : sequence) {
      if (at >= text.length() || !set.contains(text.codePointAt(at))) {
        return false;
      }
      at += Character.charCount(text.codePointAt(at));
    }
    return true;
  }
}
