package dev.bertserve.tokenizer;

import java.util.Arrays;

/** First in, first out, four at a time. One thread. */
final class IntQueue {

  private int[] ring = new int[1024];
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(int a, int b, int c, int d) {
    if (size + 4 > ring.length) {
      grow();
    }
    int tail = (head + size) & (ring.length - 1);
    ring[tail] = a;
    ring[tail + 1] = b;
    ring[tail + 2] = c;
    ring[tail + 3] = d;
    size += 4;
  }

  /** The oldest; take four in a row. */
  int take() {
    int oldest = ring[head];
    head = (head + 1) & (ring.length - 1);
    size--;
    return oldest;
  }

  private void grow() {
    int[] wider = Arrays.copyOfRange(ring, head, head + 2 * ring.length);
    System.arraycopy(ring, 0, wider, ring.length - head, head);
    ring = wider;
    head = 0;
  }
}
