package dev.bertserve.tokenizer;

import java.util.Arrays;

/**
 * Parts normalised text into the pieces whose scores add up to the most. One thread.
 *
 * <p>Each position keeps the best way to get there, as SentencePiece's own encoder does, with its
 * rounding: sums are made in double and kept as float. Where no piece reaches beyond a position
 * every way leads through it, so all before it is settled at once.
 */
final class SentencePieces {

  private static final int USUAL = 1024;
  private static final int KEPT = 1 << 16;
  private static final int NOT_REACHED = -1;

  private final TokenTrie trie;
  private final SentencePieceFile file;
  private final int unknownId;
  private final float unknownScore;
  private final float highestScore;
  private float[] bestScores = new float[USUAL];
  private int[] starts = new int[USUAL];
  private int[] ids = new int[USUAL];
  private boolean afterUnknown;

  SentencePieces(SentencePieceModel model) {
    this.trie = model.pieces();
    this.file = model.file();
    this.unknownId = file.unknownId();
    float lowest = Float.MAX_VALUE;
    float highest = Float.MIN_NORMAL; // where SentencePiece starts too
    for (int id = 0; id < model.size(); id++) {
      if (file.type(id) == SentencePieceFile.NORMAL) {
        lowest = Math.min(lowest, file.score(id));
        highest = Math.max(highest, file.score(id));
      }
    }
    this.unknownScore = lowest - 10.0f;
    this.highestScore = highest;
  }

  /** Adds the ids of {@code text} until {@code ids} is full. */
  void add(Utf8Buffer text, IdBuffer found) {
    byte[] bytes = text.bytes();
    int length = text.length();
    afterUnknown = false;
    float score = 0;
    for (int base = 0; base < length && !found.isFull(); ) {
      int settled = settle(bytes, base, length, score);
      score = bestScores[settled];
      emit(settled, found);
      base += settled;
    }
    if (bestScores.length > KEPT) {
      resize(USUAL);
    }
  }

  /** Finds the best way to the first position that no piece spans; positions count from base. */
  private int settle(byte[] bytes, int base, int length, float score) {
    int reach = 0;
    bestScores[0] = score;
    for (int start = 0; start == 0 || start < reach; ) {
      int codePointEnd =
          Math.min(start + SentenceNormalizer.lengthOf(bytes[base + start]), length - base);
      reach = forget(reach, codePointEnd);
      boolean single = false;
      long cell = trie.root();
      for (int at = base + start; at < length; at++) {
        cell = trie.child(cell, bytes[at] & 0xFF);
        if (cell == TokenTrie.NOWHERE) {
          break;
        }
        int id = TokenTrie.id(cell);
        if (id >= 0) {
          int end = at + 1 - base;
          reach = forget(reach, end);
          offer(start, end, id, score(id, end - start));
          single |= end == codePointEnd;
        }
      }
      if (!single) {
        offer(start, codePointEnd, unknownId, unknownScore);
      }
      start = codePointEnd;
    }
    return reach;
  }

  private double score(int id, int length) {
    return file.type(id) == SentencePieceFile.USER_DEFINED
        ? length * highestScore - 0.1
        : file.score(id);
  }

  private void offer(int start, int end, int id, double score) {
    double sum = score + bestScores[start];
    if (starts[end] == NOT_REACHED || sum > bestScores[end]) {
      bestScores[end] = (float) sum;
      starts[end] = start;
      ids[end] = id;
    }
  }

  /** Makes the positions after {@code reach} up to {@code end} count as not reached. */
  private int forget(int reach, int end) {
    if (end <= reach) {
      return reach;
    }
    if (end >= starts.length) {
      resize(Math.max(2 * starts.length, end + 1));
    }
    Arrays.fill(starts, reach + 1, end + 1, NOT_REACHED);
    return end;
  }

  private void resize(int size) {
    bestScores = Arrays.copyOf(bestScores, size);
    starts = Arrays.copyOf(starts, size);
    ids = Arrays.copyOf(ids, size);
  }

  /** Adds the ids on the best way to {@code settled}; unknown ones side by side count as one. */
  private void emit(int settled, IdBuffer found) {
    int next = settled;
    for (int end = settled; end > 0; ) {
      int start = starts[end];
      starts[end] = next;
      next = end;
      end = start;
    }
    for (int end = next; !found.isFull(); end = starts[end]) {
      boolean unknown = ids[end] == unknownId;
      if (!unknown || !afterUnknown) {
        found.add(ids[end]);
      }
      afterUnknown = unknown;
      if (end == settled) {
        return;
      }
    }
  }
}
