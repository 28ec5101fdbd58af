package dev.bertserve.server.serving;

import java.util.List;

/**
 * The texts of a row, for the exported graph, which tokenises them and pads all rows to the same
 * length.
 */
public record TextRow(List<String> texts) implements EncodedRow {

  /** Approximate cost of a text besides its characters: two objects and a reference. */
  private static final int TEXT_BYTES = 48;

  public TextRow {
    texts = List.copyOf(texts);
  }

  @Override
  public int tokens() {
    return 1;
  }

  @Override
  public int bytes() {
    int bytes = 0;
    for (String text : texts) {
      bytes += TEXT_BYTES + Character.BYTES * text.length();
    }
    return bytes;
  }
}
