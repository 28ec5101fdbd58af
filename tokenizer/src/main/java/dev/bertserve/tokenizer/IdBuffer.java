package dev.bertserve.tokenizer;

/** Ids of one text, up to a limit; later ones are not kept. One thread. */
final class IdBuffer {

  private final int[] ids;
  private int size;

  IdBuffer(int limit) {
    this.ids = new int[limit];
  }

  void clear() {
    size = 0;
  }

  boolean isFull() {
    return size == ids.length;
  }

  /** Number of ids that are still kept. */
  int room() {
    return ids.length - size;
  }

  int size() {
    return size;
  }

  void add(int id) {
    if (size < ids.length) {
      ids[size++] = id;
    }
  }

  /** Replaces each piece that was added by its id. */
  void replaceBy(PieceIds pieceIds) {
    for (int i = 0; i < size; i++) {
      ids[i] = pieceIds.of(ids[i]);
    }
  }

  /** Forgets the ids from {@code newSize} on. */
  void truncate(int newSize) {
    size = newSize;
  }

  void copyTo(int[] destination, int offset, int length) {
    System.arraycopy(ids, 0, destination, offset, length);
  }
}
