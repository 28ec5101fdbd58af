package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Token to id and back; the line number of the file is the id. Immutable. */
public final class Vocabulary {

  private final TokenBytes tokens;
  private final TokenTrie trie;

  private Vocabulary(TokenBytes tokens) {
    this.tokens = tokens;
    this.trie = new TrieBuilder(tokens, IntStream.range(0, tokens.size()).toArray()).build();
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

  /** Number of tokens. */
  public int size() {
    return tokens.size();
  }

  /** The id of {@code token}, or -1 where the vocabulary lacks it. */
  public int id(String token) {
    return TokenTrie.id(trie.descendant(trie.root(), token.getBytes(UTF_8)));
  }

  /** The token of {@code id}. */
  public String token(int id) {
    if (id < 0 || id >= size()) {
      throw new IllegalArgumentException("id: " + id + " (expected: 0 to " + (size() - 1) + ")");
    }
    return tokens.text(id);
  }

  TokenTrie trie() {
    return trie;
  }
}
