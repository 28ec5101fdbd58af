package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A vocabulary of byte-level byte-pair encoding. Each byte of a word is a token at first; then the
 * pair of neighbours whose merge comes first in the list becomes one token, the leftmost of equal
 * ones, until no neighbours can be merged. Immutable.
 *
 * <p>Source: encoder.py of OpenAI's GPT-2, and KerasHub's byte_pair_tokenizer.py.
 */
public final class BytePairModel {

  private static final int BYTES = 256;
  private static final int NONE = -1;

  private final List<String> tokens;
  private final int[] idsOfBytes;

  /** By the ids of both tokens. */
  private final Map<Long, Merge> merges;

  private final Map<String, Integer> wholeWords;

  /** {@code rank} is its place in the list of merges; {@code id} that of the merged token. */
  private record Merge(int rank, int id) {}

  private BytePairModel(
      List<String> tokens,
      int[] idsOfBytes,
      Map<Long, Merge> merges,
      Map<String, Integer> wholeWords) {
    this.tokens = tokens;
    this.idsOfBytes = idsOfBytes;
    this.merges = merges;
    this.wholeWords = wholeWords;
  }

  /**
   * Of the token of each id, bytes as GPT-2 writes them; an empty one is not known.
   *
   * @param merges two tokens with a space between them each, those that are merged first first
   * @param wholeWords words that are a token each
   * @throws IllegalArgumentException if a byte, or what a merge gives, or a whole word, is no token
   */
  public static BytePairModel of(
      List<String> tokens, List<String> merges, List<String> wholeWords) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      ids.putIfAbsent(tokens.get(id), id);
    }
    ids.remove("");
    String alphabet = alphabet();
    int[] idsOfBytes = new int[BYTES];
    Set<String> parts = new HashSet<>();
    for (int b = 0; b < BYTES; b++) {
      String symbol = alphabet.substring(b, b + 1);
      idsOfBytes[b] = required(ids, symbol);
      parts.add(symbol);
    }
    for (String merge : merges) {
      parts.add(merge.replace(" ", ""));
    }
    Map<Long, Merge> merged = new HashMap<>();
    for (int rank = 0; rank < merges.size(); rank++) {
      String[] pair = merges.get(rank).split(" ", -1);
      // What is never made is never merged, such as the first line of many files.
      if (pair.length == 2 && parts.contains(pair[0]) && parts.contains(pair[1])) {
        long key = key(required(ids, pair[0]), required(ids, pair[1]));
        merged.putIfAbsent(key, new Merge(rank, required(ids, pair[0] + pair[1])));
      }
    }
    Map<String, Integer> whole = new HashMap<>();
    wholeWords.forEach(word -> whole.put(word, required(ids, word)));
    return new BytePairModel(List.copyOf(tokens), idsOfBytes, merged, whole);
  }

  /** The character that stands for each byte; those that can be seen stand for themselves. */
  public static String alphabet() {
    StringBuilder alphabet = new StringBuilder(BYTES);
    int hidden = 0;
    for (int b = 0; b < BYTES; b++) {
      boolean seen = (b > ' ' && b <= '~') || (b > 0xA0 && b != 0xAD);
      alphabet.append((char) (seen ? b : BYTES + hidden++));
    }
    return alphabet.toString();
  }

  private static int required(Map<String, Integer> ids, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new IllegalArgumentException("token " + token + ": none (expected: in the vocabulary)");
    }
    return id;
  }

  private static long key(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }

  /** The number of ids; every id is less than it. */
  public int size() {
    return tokens.size();
  }

  /** The token of {@code id}, or {@code [id N]} if it is not known. */
  public String token(int id) {
    return tokens.get(id).isEmpty() ? "[id " + id + "]" : tokens.get(id);
  }

  /** Adds the ids of {@code word}. */
  void add(byte[] word, IdBuffer ids) {
    Integer whole = wholeWords.isEmpty() ? null : wholeWords.get(new String(word, UTF_8));
    if (whole != null) {
      ids.add(whole);
      return;
    }
    Arrays.stream(merged(word)).filter(symbol -> symbol != NONE).forEach(ids::add);
  }

  /** The ids of {@code word}, each where its first byte was; {@link #NONE} at other bytes. */
  private int[] merged(byte[] word) {
    int[] symbols = new int[word.length];
    int[] next = new int[word.length];
    int[] previous = new int[word.length];
    // A merge's rank, then the place of its first token
    PriorityQueue<Long> candidates = new PriorityQueue<>();
    for (int i = 0; i < word.length; i++) {
      symbols[i] = idsOfBytes[word[i] & 0xFF];
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    for (int i = 0; i < word.length; i++) {
      offer(candidates, merge(symbols, next, i), i);
    }
    for (Long first = candidates.poll(); first != null; first = candidates.poll()) {
      int at = first.intValue();
      Merge merge = merge(symbols, next, at);
      if (merge == null || merge.rank != first >> Integer.SIZE) {
        continue; // a neighbour has been merged since
      }
      int right = next[at];
      symbols[at] = merge.id;
      symbols[right] = NONE;
      next[at] = next[right];
      if (next[at] < word.length) {
        previous[next[at]] = at;
      }
      offer(candidates, merge(symbols, next, at), at);
      if (previous[at] >= 0) {
        offer(candidates, merge(symbols, next, previous[at]), previous[at]);
      }
    }
    return symbols;
  }

  /** The merge of the token at {@code place} with its neighbour; null if there is none. */
  private @Nullable Merge merge(int[] symbols, int[] next, int place) {
    return next[place] == symbols.length
        ? null
        : merges.get(key(symbols[place], symbols[next[place]]));
  }

  private static void offer(PriorityQueue<Long> candidates, @Nullable Merge merge, int place) {
    if (merge != null) {
      candidates.add(key(merge.rank, place));
    }
  }
}
