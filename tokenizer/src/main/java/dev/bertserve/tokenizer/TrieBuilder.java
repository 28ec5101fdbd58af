package dev.bertserve.tokenizer;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Lays tokens out as a {@link TokenTrie}. For one use by one thread.
 *
 * <p>Works breadth first on ranges of tokens that share a prefix; a range is parted by its next
 * byte and its children are put at the first base where all their cells are free.
 */
final class TrieBuilder {

  private static final int LABELS = 256;
  private static final int MAX_CELLS = 1 << 24;

  private final TokenBytes tokens;
  private final int[] order;
  private final int[] sorted;
  private final int[] starts = new int[LABELS + 2];
  private final int[] labels = new int[LABELS];
  private final int[] childEnds = new int[LABELS];
  private final BitSet used = new BitSet();
  private final BitSet bases = new BitSet();
  private long[] cells = new long[LABELS];
  private int children;
  private int searchFrom = 1;

  /** Of the tokens whose ids are given. */
  TrieBuilder(TokenBytes tokens, int[] ids) {
    this.tokens = tokens;
    this.order = ids.clone();
    this.sorted = new int[ids.length];
  }

  /** Refuses a token that is there twice. */
  TokenTrie build() {
    IntQueue ranges = new IntQueue();
    used.set(0);
    ranges.add(0, 0, order.length, 0);
    while (!ranges.isEmpty()) {
      place(ranges.take(), ranges.take(), ranges.take(), ranges.take(), ranges);
    }
    return new TokenTrie(Arrays.copyOf(cells, Math.max(used.length(), bases.length()) + LABELS));
  }

  /** Fills the cell of the tokens from {@code first} to {@code end}, alike up to {@code depth}. */
  private void place(int cell, int first, int end, int depth, IntQueue ranges) {
    int next = partByByte(first, end, depth);
    if (next - first > 1) {
      throw new IllegalArgumentException(
          "vocabulary: " + tokens.text(order[first]) + " twice (expected: each token once)");
    }
    int id = next == first ? -1 : order[first];
    int label = depth == 0 ? -1 : tokens.label(order[end - 1], depth - 1);
    findChildren(next, end, depth);
    int base = children == 0 ? 0 : freeBase();
    cells[cell] = TokenTrie.cell(base, label, id);
    for (int i = 0; i < children; i++) {
      ranges.add(base + labels[i], next, childEnds[i], depth + 1);
      next = childEnds[i];
    }
  }

  /** Sorts the range by its byte at {@code depth}; returns the end of the tokens without one. */
  private int partByByte(int first, int end, int depth) {
    if (end - first == 1) {
      return tokens.label(order[first], depth) < 0 ? end : first;
    }
    Arrays.fill(starts, 0);
    for (int i = first; i < end; i++) {
      starts[tokens.label(order[i], depth) + 2]++;
    }
    int without = starts[1];
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    for (int i = first; i < end; i++) {
      sorted[starts[tokens.label(order[i], depth) + 1]++] = order[i];
    }
    System.arraycopy(sorted, 0, order, first, end - first);
    return first + without;
  }

  private void findChildren(int first, int end, int depth) {
    children = 0;
    for (int i = first; i < end; i++) {
      int label = tokens.label(order[i], depth);
      if (children == 0 || labels[children - 1] != label) {
        labels[children++] = label;
      }
      childEnds[children - 1] = i + 1;
    }
  }

  /** Claims a base no cell has yet, with every child's cell free. */
  private int freeBase() {
    int tried = 0;
    int cell = used.nextClearBit(Math.max(searchFrom, labels[0] + 1));
    while (bases.get(cell - labels[0]) || !allFree(cell - labels[0])) {
      cell = used.nextClearBit(cell + 1);
      tried++;
    }
    if (tried > LABELS) {
      // What lies before is nearly full: searching it again would make building quadratic
      searchFrom = used.nextClearBit(searchFrom + LABELS);
    }
    int base = cell - labels[0];
    claim(base);
    return base;
  }

  private boolean allFree(int base) {
    for (int i = 1; i < children; i++) {
      if (used.get(base + labels[i])) {
        return false;
      }
    }
    return true;
  }

  private void claim(int base) {
    if (base + LABELS > MAX_CELLS) {
      throw new IllegalArgumentException(
          "vocabulary: " + tokens.size() + " tokens (expected: fewer or shorter ones)");
    }
    if (base + LABELS > cells.length) {
      cells = Arrays.copyOf(cells, Math.max(base + LABELS, cells.length * 2));
    }
    bases.set(base);
    for (int i = 0; i < children; i++) {
      used.set(base + labels[i]);
    }
  }
}
