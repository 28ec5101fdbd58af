package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Token to id and back. Immutable.
 *
 * <p>Of a file the line number is the id, and every id has its token. Of a compiled model the
 * tokens that no text gives, such as [PAD], may be unknown.
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
   * Reads a vocabulary file, one token a line, as TensorFlow's table initialiser does: lines end
   * with LF or CR LF, the last one also with the file; a byte order mark belongs to the first
   * token.
   *
   * @throws IllegalArgumentException for what TensorFlow refuses too, a blank line, the same token
   *     twice, no token at all; and for a token that is not UTF-8
   */
  public static Vocabulary read(Path file) throws IOException {
    return of(Files.readAllBytes(file));
  }

  /** Reads the content of a vocabulary file, and keeps it. */
  static Vocabulary of(byte[] file) {
    return new Vocabulary(TokenBytes.ofLines(file));
  }

  /** Of the token of each id; an empty one is not known. */
  static Vocabulary of(byte[][] tokens) {
    return new Vocabulary(TokenBytes.ofTokens(tokens));
  }

  /** Number of tokens; every id is below it. */
  public int size() {
    return tokens.size();
  }

  /** The id of {@code token}, or -1 where the vocabulary lacks it. */
  public int id(String token) {
    return TokenTrie.id(trie.descendant(trie.root(), token.getBytes(UTF_8)));
  }

  /** The token of {@code id}, or its number where that is not known. */
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
