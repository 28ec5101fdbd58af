package dev.bertserve.tokenizer;

import java.io.IOException;
import java.nio.file.Path;

/** Token to id and back; the line number of the file is the id. Immutable. */
@SuppressWarnings("DoNotCallSuggester")
public final class Vocabulary {

  private Vocabulary() {}

  /** Reads a vocabulary file, one token a line, as TensorFlow's table initialiser does. */
  public static Vocabulary read(Path file) throws IOException {
    throw new UnsupportedOperationException(file.toString());
  }

  /** Number of tokens. */
  public int size() {
    throw new UnsupportedOperationException();
  }

  /** The id of {@code token}, or -1 where the vocabulary lacks it. */
  public int id(String token) {
    throw new UnsupportedOperationException(token);
  }

  /** The token of {@code id}. */
  public String token(int id) {
    throw new UnsupportedOperationException(Integer.toString(id));
  }
}
