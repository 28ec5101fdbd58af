package dev.bertserve.server.serving;

import java.util.List;

/**
 * The inputs of a row, for the exported graph, which tokenises the texts and pads all rows to the
 * same length.
 *
 * @param texts in the order of {@link ModelSignature#texts}
 * @param others the row's values of each input of {@link ModelSignature#others}
 */
public record TextRow(List<String> texts, List<Column> others) implements EncodedRow {

  public TextRow {
    texts = List.copyOf(texts);
    others = List.copyOf(others);
  }

  @Override
  public int tokens() {
    return 1;
  }

  @Override
  public int bytes() {
    long bytes = 0;
    for (String text : texts) {
      bytes += Column.Texts.bytes(text.length());
    }
    for (Column column : others) {
      bytes += column.bytes();
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
