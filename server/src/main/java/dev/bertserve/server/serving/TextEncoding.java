package dev.bertserve.server.serving;

import java.util.List;

/** Leaves the texts as they came. */
public record TextEncoding() implements RowEncoding {

  @Override
  public TextRow encode(String... texts) {
    return new TextRow(List.of(texts));
  }
}
