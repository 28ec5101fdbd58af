package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Maps tokens to ids and back. Immutable.
 *
 * <p>In a vocabulary file the line number is the id, and every id has a token. In a compiled model,
 * tokens that no text produces, such as [PAD], may be unknown.
 */
public final class Vocabulary {

  private final TokenBytes tokens;
  private final TokenTrie trie;

  private Vocabulary(TokenBytes tokens) {
    this.tokens = tokens;
    int[] ids = IntStream.range(0, tokens.size()).filter(id -> tokens.length(id) > 0).toArray();
    this.trie = new TrieBuilder(tokens, ids).build();
  }

  /**
   * Reads a vocabulary file, one token per line, as TensorFlow's table initialiser does: lines end
   * with LF, CR LF or the end of the file; a byte order mark belongs to the first token.
   *
   * @throws IllegalArgumentException if a line is blank, a token occurs twice or the file is empty,
   *     which TensorFlow rejects too, or if a token is not UTF-8
   */
  public static Vocabulary read(Path file) throws IOException {
    return of(Files.readAllBytes(file));
  }

  /** Of the token of each id, all different; an empty one is a token that no text produces. */
  public static Vocabulary of(List<String> tokens) {
    return of(tokens.stream().map(token -> token.getBytes(UTF_8)).toArray(byte[][]::new));
  }

  /** Reads the content of a vocabulary file, as {@link #read}, and takes ownership of it. */
  public static Vocabulary of(byte[] file) {
    return new Vocabulary(TokenBytes.ofLines(file));
  }

  /** Of the token of each id; an empty one is not known. */
  static Vocabulary of(byte[][] tokens) {
    return new Vocabulary(TokenBytes.ofTokens(tokens));
  }

  /** The number of ids; every id is less than it. */
  public int size() {
    return tokens.size();
  }

  /** The id of {@code token}, or -1 if the vocabulary lacks it. */
  public int id(String token) {
    return TokenTrie.id(trie.descendant(trie.root(), token.getBytes(UTF_8)));
  }

  /** The token of {@code id}, or {@code [id N]} if the token is unknown. */
  public String token(int id) {
    if (id < 0 || id >= size()) {
      throw new IllegalArgumentException("id: " + id + " (expected: 0 to " + (size() - 1) + ")");
    }
    return tokens.length(id) == 0 ? "[id " + id + "]" : tokens.text(id);
  }

  TokenTrie trie() {
    return trie;
  }
}
