package dev.bertserve.tokenizer;

import java.nio.IntBuffer;
import java.util.Arrays;

/** The ids of one row, without padding. Immutable; equal when ids and segments are equal. */
public final class TokenIds {

  private final int[] ids;
  private final int secondStart;

  /** Takes ownership of {@code ids}; segment 1 starts at position {@code secondStart}. */
  TokenIds(int[] ids, int secondStart) {
    this.ids = ids;
    this.secondStart = secondStart;
  }

  /** A row of known ids; segment 1 starts at position {@code secondStart}. */
  public static TokenIds of(int[] ids, int secondStart) {
    if (secondStart < 0 || secondStart > ids.length) {
      throw new IllegalArgumentException(
          "secondStart: " + secondStart + " (expected: 0 to " + ids.length + ")");
    }
    return new TokenIds(ids.clone(), secondStart);
  }

  /** The number of ids, start and end ids included. */
  public int length() {
    return ids.length;
  }

  /** The id at {@code position}, from 0. */
  public int id(int position) {
    return ids[position];
  }

  /** The first position of segment 1; equal to {@link #length} if there is only one text. */
  public int secondStart() {
    return secondStart;
  }

  /** A copy of the ids. */
  public int[] toArray() {
    return ids.clone();
  }

  /** Writes the ids at the position of {@code destination} and advances it. */
  public void copyTo(IntBuffer destination) {
    destination.put(ids);
  }

  /** Writes the ids to {@code destination}, starting at {@code offset}. */
  public void copyTo(int[] destination, int offset) {
    System.arraycopy(ids, 0, destination, offset, ids.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds that
        && secondStart == that.secondStart
        && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + secondStart;
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
