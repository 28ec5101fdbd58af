package dev.bertserve.server.text;

import java.util.BitSet;

/** A set of code points, surrogates included. One thread while it changes. */
final class CodepointSet {

  private static final int CODE_POINTS = 0x110000;

  private final BitSet points = new BitSet();

  void add(int first, int last) {
    points.set(first, last + 1);
  }

  void addAll(CodepointSet other) {
    points.or(other.points);
  }

  void remove(int codePoint) {
    points.clear(codePoint);
  }

  void negate() {
    points.flip(0, CODE_POINTS);
  }

  /** Adds whatever case folds like a member. */
  void addFolds() {
    BitSet members = (BitSet) points.clone();
    for (int folded : UnicodeTables.folded()) {
      if (members.get(folded)) {
        for (int other : UnicodeTables.orbit(folded)) {
          points.set(other);
        }
      }
    }
  }

  boolean contains(int codePoint) {
    return points.get(codePoint);
  }

  boolean isEmpty() {
    return points.isEmpty();
  }

  CodepointSet copy() {
    CodepointSet copy = new CodepointSet();
    copy.addAll(this);
    return copy;
  }

  /** The set as a regular expression of one code point. */
  String pattern() {
    if (isEmpty()) {
      return "[^\\x{0}-\\x{10FFFF}]";
    }
    if (points.cardinality() == 1) {
      return escaped(points.nextSetBit(0));
    }
    StringBuilder pattern = new StringBuilder("[");
    for (int first = points.nextSetBit(0); first >= 0; ) {
      int end = points.nextClearBit(first);
      pattern.append(escaped(first));
      if (end - first > 1) {
        pattern.append('-').append(escaped(end - 1));
      }
      first = points.nextSetBit(end);
    }
    return pattern.append(']').toString();
  }

  private static String escaped(int codePoint) {
    return "\\x{" + Integer.toHexString(codePoint) + "}";
  }
}
