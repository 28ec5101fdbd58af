package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A unigram model of SentencePiece, as in ALBERT's assets. Immutable. */
public final class SentencePieceModel {

  private final SentencePieceFile file;
  private final TokenTrie pieces;
  private final TokenTrie userDefined;

  private SentencePieceModel(SentencePieceFile file) {
    this.file = file;
    this.pieces = new TrieBuilder(file.tokens(), file.idsInText()).build();
    this.userDefined = new TrieBuilder(file.tokens(), file.idsUserDefined()).build();
  }

  /**
   * Reads a {@code .model} file.
   *
   * @throws IllegalArgumentException if the file is not a SentencePiece model, or not a unigram
   *     model
   */
  public static SentencePieceModel read(Path file) throws IOException {
    return of(Files.readAllBytes(file));
  }

  /** Reads the bytes of a {@code .model} file, which may also be a constant of a graph. */
  public static SentencePieceModel of(byte[] model) {
    return new SentencePieceModel(new SentencePieceFile(model.clone()));
  }

  /** Number of pieces. */
  public int size() {
    return file.tokens().size();
  }

  /** The id of {@code piece}, or -1 if the model lacks it. Slow: searches all pieces. */
  public int id(String piece) {
    byte[] bytes = piece.getBytes(UTF_8);
    for (int id = 0; id < size(); id++) {
      if (file.tokens().isEqual(id, bytes)) {
        return id;
      }
    }
    return -1;
  }

  /** The piece to which {@code ids} give {@code id}, or {@code [id N]} if no text has it. */
  public String token(int id, PieceIds ids) {
    for (int piece : new int[] {id - ids.shift(), ids.replaced()}) {
      if (0 <= piece
          && piece < size()
          && ids.of(piece) == id
          && file.type(piece) != SentencePieceFile.CONTROL) {
        return token(piece);
      }
    }
    return "[id " + id + "]";
  }

  /** The piece of {@code id}. */
  public String token(int id) {
    if (id < 0 || id >= size()) {
      throw new IllegalArgumentException("id: " + id + " (expected: 0 to " + (size() - 1) + ")");
    }
    return file.tokens().text(id);
  }

  /** The pieces that text is parted into: all but the unknown, control and unused ones. */
  TokenTrie pieces() {
    return pieces;
  }

  /** The pieces that are taken from the text as they are. */
  TokenTrie userDefined() {
    return userDefined;
  }

  SentencePieceFile file() {
    return file;
  }
}
