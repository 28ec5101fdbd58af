package dev.bertserve.server.serving;

import java.util.List;

/** Keeps the inputs unchanged, for the exported graph. */
public record TextEncoding() implements RowEncoding {

  @Override
  public TextRow encode(String[] texts, List<Column> others) {
    return new TextRow(List.of(texts), others);
  }
}
