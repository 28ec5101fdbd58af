package dev.bertserve.server.huggingface;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The content of a tokenizer.json: every choice of a tokenizer. Immutable. */
public final class TokenizerDefinition {

  private static final String FILE = "tokenizer.json";
  private static final int MOST_TOKENS = 1 << 24;

  /** Cuts the longer text of a pair until the row fits. */
  static final String LONGEST_FIRST = "LongestFirst";

  /** Cuts the second text of a pair alone. */
  static final String ONLY_SECOND = "OnlySecond";

  private final Map<String, Object> tree;
  private final String[] tokens;

  private TokenizerDefinition(Map<String, Object> tree) {
    this.tree = tree;
    this.tokens = tokens(tree);
  }

  /**
   * Of the text of a tokenizer.json.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static TokenizerDefinition parse(String json) {
    return new TokenizerDefinition(Json.object(FILE, json));
  }

  /** Of its tree. */
  static TokenizerDefinition of(Map<String, Object> tree) {
    return new TokenizerDefinition(tree);
  }

  /** A tokenizer.json. */
  public String json() {
    return Json.write(tree);
  }

  /** Kind of the model that makes tokens of words, such as WordPiece, BPE or Unigram. */
  public String model() {
    return String.valueOf(Json.child(tree, "model").getOrDefault("type", "unnamed"));
  }

  /** Whether the normalizer lower-cases, as far as it says so. */
  public boolean lowerCase() {
    Map<String, Object> normalizer = Json.child(tree, "normalizer");
    if (normalizer.get("normalizers") instanceof List<?> several) {
      return several.stream().anyMatch(one -> isLowerCasing(Json.map("normalizers", one)));
    }
    return isLowerCasing(normalizer);
  }

  private static boolean isLowerCasing(Map<String, Object> normalizer) {
    return Boolean.TRUE.equals(normalizer.get("lowercase"))
        || "Lowercase".equals(normalizer.get("type"));
  }

  /** Ids are below it. */
  public int vocabularySize() {
    return tokens.length;
  }

  /** The token of {@code id}. */
  public String token(int id) {
    return tokens[id].isEmpty() ? "[id " + id + "]" : tokens[id];
  }

  /**
   * The same that cuts rows to {@code maxLength} ids: the ends of texts, and of a pair the longer
   * one, unless it says else.
   */
  public TokenizerDefinition truncatedTo(int maxLength) {
    return truncatedTo(maxLength, strategy());
  }

  /** The same that cuts pairs by {@code strategy}. */
  TokenizerDefinition truncatedTo(int maxLength, String strategy) {
    Map<String, Object> cut = new LinkedHashMap<>(tree);
    Map<String, Object> truncation = new LinkedHashMap<>();
    truncation.put("direction", Json.child(tree, "truncation").getOrDefault("direction", "Right"));
    truncation.put("max_length", maxLength);
    truncation.put("strategy", strategy);
    truncation.put("stride", 0);
    cut.put("truncation", truncation);
    cut.put("padding", Json.NULL);
    return new TokenizerDefinition(cut);
  }

  /** Which text of a pair is cut, as tokenizer.json calls it. */
  String strategy() {
    return String.valueOf(Json.child(tree, "truncation").getOrDefault("strategy", LONGEST_FIRST));
  }

  /** Most ids of a row; empty where the definition does not cut. */
  public OptionalInt maxLength() {
    return Json.child(tree, "truncation").get("max_length") instanceof Number length
        ? OptionalInt.of(length.intValue())
        : OptionalInt.empty();
  }

  Map<String, Object> tree() {
    return tree;
  }

  /** The token of each id that the model gives to a word; other ids have an empty one. */
  List<String> wordTokens() {
    Map<String, Object> vocabulary = Json.child(Json.child(tree, "model"), "vocab");
    return Arrays.stream(tokens).map(token -> vocabulary.containsKey(token) ? token : "").toList();
  }

  private static String[] tokens(Map<String, Object> tree) {
    Map<Integer, String> byId = new LinkedHashMap<>();
    Object vocabulary = Json.child(tree, "model").getOrDefault("vocab", Json.NULL);
    if (vocabulary instanceof Map<?, ?> ids) {
      ids.forEach((token, id) -> byId.put(id(id), String.valueOf(token)));
    } else if (vocabulary instanceof List<?> pieces) {
      for (Object piece : pieces) {
        byId.put(byId.size(), piece instanceof List<?> pair ? String.valueOf(pair.get(0)) : "");
      }
    }
    for (Object added : Json.list(tree, "added_tokens")) {
      Map<String, Object> token = Json.map("added_tokens", added);
      byId.put(
          id(token.getOrDefault("id", Json.NULL)),
          String.valueOf(token.getOrDefault("content", "")));
    }
    String[] tokens =
        new String[byId.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1];
    for (int id = 0; id < tokens.length; id++) {
      tokens[id] = byId.getOrDefault(id, "");
    }
    return tokens;
  }

  private static int id(Object value) {
    int id = value instanceof Number number ? number.intValue() : -1;
    if (id < 0 || id >= MOST_TOKENS) {
      throw new IllegalArgumentException(
          FILE + ": id " + value + " (expected: 0 to " + (MOST_TOKENS - 1) + ")");
    }
    return id;
  }
}
