package dev.bertserve.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Parts normalised text into the pieces whose scores add up to the most. One thread.
 *
 * <p>Each position keeps the best way to get there, as SentencePiece's own encoder does, with its
 * rounding: sums are made in double and kept as float. Where no piece reaches beyond a position
 * every way leads through it, so all before it is settled at once.
 *
 * <p>Where pieces overlap without end, only the first ids of each way are wanted. Once every way
 * has enough of them, they replace the positions behind: memory then depends on the number of ids,
 * not on the text. Once they are the same on every way, the rest of the text is not read.
 */
final class SentencePieces {

  private static final int USUAL = 1024;

  /** Most positions whose memory is kept between texts. */
  private static final int KEPT = 1 << 14;

  /** Positions kept before the first ids are compared. */
  private static final int WINDOW = 1 << 12;

  /** The start at a position whose way has prefix 0; those of others are below. */
  private static final int PREFIX = -2;

  private static final int NOT_REACHED = -1;
  private static final int[] NONE = {};

  private final TokenTrie trie;
  private final PieceScores scores;
  private final int unknownId;
  private final int longestPiece;
  private float[] bestScores = new float[USUAL];
  private int[] starts = new int[USUAL];
  private int[] ids = new int[USUAL];
  private boolean afterUnknown;

  /** Where the next piece starts in the text's bytes. */
  private int at;

  /** All that a piece which starts before it can span has been read. */
  private int readable;

  /** First ids of the ways whose positions were replaced. */
  private final List<int[]> prefixes = new ArrayList<>();

  SentencePieces(SentencePieceModel model) {
    this.trie = model.pieces();
    SentencePieceFile file = model.file();
    this.scores = new PieceScores(file);
    this.unknownId = file.unknownId();
    this.longestPiece = Math.max(4, file.tokens().longest(file.idsInText()));
  }

  /** Adds the ids of {@code text} until {@code found} is full. */
  void add(SentenceNormalizer text, IdBuffer found) {
    afterUnknown = false;
    at = 0;
    readable = 0;
    clear();
    float score = 0;
    while (!found.isFull() && hasNext(text)) {
      int settled = settle(text, score, found);
      score = bestScores[settled];
      emit(settled, found);
    }
    clear();
  }

  /** Lets go of memory that an unusually long text took. */
  private void clear() {
    prefixes.clear();
    if (bestScores.length > KEPT) {
      resize(USUAL);
    }
  }

  /** Whether there is text left; reads what the longest piece that may start here can span. */
  private boolean hasNext(SentenceNormalizer text) {
    return at < readable || readOn(text);
  }

  private boolean readOn(SentenceNormalizer text) {
    while (text.length() - at < longestPiece && !text.isAtEnd()) {
      text.readOn(at);
      at = 0;
    }
    readable = text.isAtEnd() ? text.length() : text.length() - longestPiece + 1;
    return at < readable;
  }

  /**
   * Finds the best way to the first position that no piece spans; positions count from the last
   * such position, or from the last one that prefixes replaced.
   */
  private int settle(SentenceNormalizer text, float score, IdBuffer found) {
    int reach = 0;
    int window = WINDOW;
    bestScores[0] = score;
    starts[0] = NOT_REACHED;
    for (int start = 0; (start == 0 || start < reach) && hasNext(text); ) {
      if (start >= window) {
        if (usePrefixes(start, reach, found.room())) {
          reach = replaceBefore(start, reach);
          start = 0;
          if (isOnePrefix(reach)) {
            return reach;
          }
        } else {
          window *= 2;
        }
      }
      int length = Math.min(SentenceNormalizer.lengthOf(text.bytes()[at]), text.length() - at);
      reach = offerPieces(text, start, start + length, reach);
      start += length;
      at += length;
    }
    return reach;
  }

  /** Offers the pieces that start at {@code start}; returns how far any piece reaches. */
  private int offerPieces(SentenceNormalizer text, int start, int codePointEnd, int reached) {
    byte[] bytes = text.bytes();
    int length = text.length();
    int reach = forget(reached, codePointEnd);
    boolean single = false;
    long cell = trie.root();
    for (int next = at; next < length; next++) {
      cell = trie.child(cell, bytes[next] & 0xFF);
      if (cell == TokenTrie.NOWHERE) {
        break;
      }
      int id = TokenTrie.id(cell);
      if (id >= 0) {
        int end = start + next + 1 - at;
        reach = forget(reach, end);
        offer(start, end, id, scores.of(id, end - start));
        single |= end == codePointEnd;
      }
    }
    if (!single) {
      offer(start, codePointEnd, unknownId, scores.unknown());
    }
    return reach;
  }

  /**
   * Makes the ways to the positions from {@code start} on begin with a prefix of {@code wanted}
   * ids; returns false, and changes nothing, if one has fewer.
   */
  private boolean usePrefixes(int start, int reach, int wanted) {
    int[] roots = prefixes.isEmpty() ? new int[reach + 1 - start] : NONE;
    int[] way = prefixes.isEmpty() ? new int[reach] : NONE;
    for (int i = 0; i < roots.length; i++) {
      if (starts[start + i] != NOT_REACHED) {
        int[] prefix = firstIds(start + i, wanted, way);
        if (prefix.length < wanted) {
          prefixes.clear();
          return false;
        }
        roots[i] = PREFIX - indexOf(prefix);
      }
    }
    for (int end = start; end <= reach; end++) {
      if (starts[end] != NOT_REACHED) {
        starts[end] = roots.length > 0 ? roots[end - start] : rootOf(end);
      }
    }
    return true;
  }

  /** The first ids, up to {@code wanted}, on the best way to {@code end}; uses {@code way}. */
  private int[] firstIds(int end, int wanted, int[] way) {
    int count = 0;
    for (int position = end; starts[position] >= 0; position = starts[position]) {
      count++;
    }
    if (count < wanted) {
      return NONE;
    }
    int next = count;
    for (int position = end; starts[position] >= 0; position = starts[position]) {
      way[--next] = ids[position];
    }
    int kept = 0;
    boolean unknown = afterUnknown;
    for (int i = 0; i < count && kept < wanted; i++) {
      if (way[i] != unknownId || !unknown) {
        way[kept++] = way[i];
      }
      unknown = way[i] == unknownId;
    }
    return Arrays.copyOf(way, kept);
  }

  private int indexOf(int[] prefix) {
    for (int i = 0; i < prefixes.size(); i++) {
      if (Arrays.equals(prefixes.get(i), prefix)) {
        return i;
      }
    }
    prefixes.add(prefix);
    return prefixes.size() - 1;
  }

  /** What stands in {@link #starts} where the best way to {@code end} begins. */
  private int rootOf(int end) {
    int position = end;
    while (starts[position] >= 0) {
      position = starts[position];
    }
    return starts[position];
  }

  /** Drops the positions before {@code start}; returns where {@code reach} is then. */
  private int replaceBefore(int start, int reach) {
    int count = reach + 1 - start;
    System.arraycopy(bestScores, start, bestScores, 0, count);
    System.arraycopy(starts, start, starts, 0, count);
    return reach - start;
  }

  private boolean isOnePrefix(int reach) {
    for (int end = 0; end <= reach; end++) {
      if (starts[end] != NOT_REACHED && starts[end] != starts[0]) {
        return false;
      }
    }
    return true;
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
    if (!prefixes.isEmpty()) {
      for (int id : prefixes.get(PREFIX - rootOf(settled))) {
        found.add(id);
      }
      return;
    }
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
