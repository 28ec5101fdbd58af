package dev.bertserve.tokenizer;

import java.util.BitSet;

/**
 * A trie as the library Darts-clone lays it out: a double array, one step per byte. Immutable.
 *
 * <p>A node is its index; a step that leads nowhere, also one out of the array, is {@link
 * #NOWHERE}.
 */
final class DartsTrie {

  static final int ROOT = 0;
  static final int NOWHERE = -1;

  /** A leaf's bit and the label; a child has its label alone. */
  private static final int LABEL_MASK = 0x800000FF;

  private static final int VALUE_MASK = 0x7FFFFFFF;

  private final int[] units;

  /** Takes ownership of {@code units}, of which there is one or more. */
  DartsTrie(int[] units) {
    this.units = units;
  }

  /** Of nothing. */
  static DartsTrie empty() {
    return new DartsTrie(new int[] {Integer.MIN_VALUE});
  }

  /** The node after {@code node} by {@code label}, an unsigned byte other than 0. */
  int child(int node, int label) {
    int child = node ^ offset(units[node]) ^ label;
    return child < units.length && (units[child] & LABEL_MASK) == label ? child : NOWHERE;
  }

  boolean hasValue(int node) {
    int leaf = node ^ offset(units[node]);
    return (units[node] >> 8 & 1) != 0 && leaf < units.length;
  }

  /** The value of a node that has one. */
  int value(int node) {
    return units[node ^ offset(units[node])] & VALUE_MASK;
  }

  /** The node of a code point other than 0; {@code utf8} is overwritten. */
  int nodeOf(int codePoint, Utf8Buffer utf8) {
    int node = ROOT;
    utf8.clear();
    utf8.append(codePoint);
    for (int i = 0; i < utf8.length() && node != NOWHERE; i++) {
      node = child(node, utf8.bytes()[i] & 0xFF);
    }
    return node;
  }

  /** A set of nodes that has every one with children, and few others. */
  BitSet parents() {
    BitSet bases = new BitSet(units.length);
    for (int child = 1; child < units.length; child++) {
      int label = units[child] & LABEL_MASK;
      if (label > 0) {
        bases.set(child ^ label);
      }
    }
    BitSet parents = new BitSet(units.length);
    for (int node = 0; node < units.length; node++) {
      parents.set(node, bases.get(node ^ offset(units[node])));
    }
    return parents;
  }

  int size() {
    return units.length;
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
  }
}
