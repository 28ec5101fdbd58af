package dev.bertserve.server.inference;

import java.util.List;

/**
 * The texts as they came, for a graph that makes its own tokens. It pads every row alike, so each
 * costs the same: one.
 */
public record TextEncoding() implements RowEncoding<List<String>> {

  /** About what a text costs beside its characters: two objects, and its place in the list. */
  private static final int TEXT_BYTES = 48;

  @Override
  public List<String> encode(String... texts) {
    return List.of(texts);
  }

  @Override
  public int tokens(List<String> row) {
    return 1;
  }

  @Override
  public int bytes(List<String> row) {
    int bytes = 0;
    for (String text : row) {
      bytes += TEXT_BYTES + Character.BYTES * text.length();
    }
    return bytes;
  }
}
