package dev.bertserve.server.serving;

import java.util.List;

/** Turns the inputs of a row into the contents that the engine runs. Immutable; any thread. */
public interface RowEncoding {

  /**
   * Encodes a row.
   *
   * @param texts in the order of {@link ModelSignature#texts}
   * @param others the row's values of each input of {@link ModelSignature#others}
   */
  EncodedRow encode(String[] texts, List<Column> others);

  /** Encodes a row of a model that takes only texts. */
  default EncodedRow encode(String... texts) {
    return encode(texts, List.of());
  }
}
