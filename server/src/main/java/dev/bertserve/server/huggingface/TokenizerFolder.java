package dev.bertserve.server.huggingface;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** A folder with the files of a Hugging Face tokenizer, as {@code save_pretrained} writes them. */
public final class TokenizerFolder {

  /** Where Hugging Face's library puts a SavedModel, as version 1. */
  public static final String SAVED_MODEL = "saved_model";

  private static final String DEFINITION = "tokenizer.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  private static final String MODEL_CONFIG = "config.json";
  private static final String SPECIAL_TOKENS = "special_tokens_map.json";

  private static final Pattern VERSION = Pattern.compile("[0-9]+");

  /** Beyond it a length says that there is no limit. */
  private static final long NO_LIMIT = 1_000_000;

  /** Kinds of model whose first position is that after the padding id. */
  private static final Set<String> POSITIONS_AFTER_PADDING =
      Set.of(
          "roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "roberta-prelayernorm", "mpnet");

  private final Path folder;
  private final Map<String, Object> tokenizerConfig;
  private final Map<String, Object> modelConfig;

  private TokenizerFolder(Path folder) throws IOException {
    this.folder = folder;
    this.tokenizerConfig = object(TOKENIZER_CONFIG);
    this.modelConfig = object(MODEL_CONFIG);
  }

  /** Whether the files in {@code folder} define a tokenizer. */
  public static boolean is(Path folder) {
    boolean isConfigured = isFile(folder, TOKENIZER_CONFIG) || isFile(folder, MODEL_CONFIG);
    return isFile(folder, DEFINITION) || (isFile(folder, VOCABULARY) && isConfigured);
  }

  /**
   * The folder whose files define the ids of the SavedModel in {@code model}, if there are any: the
   * same, or one above the folder of a version.
   */
  public static Optional<Path> of(Path model) {
    List<Path> places = new ArrayList<>(List.of(model));
    Path absolute = model.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent != null && VERSION.matcher(String.valueOf(absolute.getFileName())).matches()) {
      places.add(parent);
      if (parent.endsWith(SAVED_MODEL) && parent.getParent() != null) {
        places.add(parent.getParent());
      }
    }
    return places.stream().filter(TokenizerFolder::is).findFirst();
  }

  /** The files of {@code folder} that may define a tokenizer. */
  public static List<Path> files(Path folder) {
    return List.of(DEFINITION, VOCABULARY, TOKENIZER_CONFIG, MODEL_CONFIG, SPECIAL_TOKENS).stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .toList();
  }

  /**
   * What the files in {@code folder} define, how long its rows may be included.
   *
   * @throws IllegalArgumentException where a file is damaged, or of a tokenizer that only a
   *     tokenizer.json can define
   */
  public static TokenizerDefinition read(Path folder) throws IOException {
    return new TokenizerFolder(folder).definition();
  }

  private TokenizerDefinition definition() throws IOException {
    Map<String, Object> tree = object(DEFINITION);
    if (tree.isEmpty()) {
      tree =
          new BertFiles(tokenizerConfig, modelConfig, object(SPECIAL_TOKENS))
              .definition(text(VOCABULARY).orElse(""));
    } else {
      tree.put("normalizer", normalizer(tree.getOrDefault("normalizer", Json.NULL)));
    }
    OptionalInt length = maxLength(tree);
    TokenizerDefinition definition = TokenizerDefinition.of(withDirection(tree));
    return length.isPresent() ? definition.truncatedTo(length.getAsInt()) : definition;
  }

  /** What the configuration says of case, marks and ideographs takes the place of BERT's. */
  private Object normalizer(Object normalizer) {
    boolean isBerts =
        normalizer instanceof Map<?, ?> map && "BertNormalizer".equals(map.get("type"));
    if (!isBerts || !BertFiles.isBertLike(tokenizerConfig.get("tokenizer_class"))) {
      return normalizer;
    }
    Map<String, Object> choices = Json.map("normalizer", normalizer);
    Map.of(
            "lowercase", "do_lower_case",
            "strip_accents", "strip_accents",
            "handle_chinese_chars", "tokenize_chinese_chars")
        .forEach(
            (choice, key) -> {
              Object configured = tokenizerConfig.get(key);
              if (configured != null) {
                choices.put(choice, configured);
              }
            });
    return choices;
  }

  /** Without the length of truncation, which is settled apart. */
  private Map<String, Object> withDirection(Map<String, Object> tree) {
    Object side = tokenizerConfig.getOrDefault("truncation_side", Json.NULL);
    Object direction = Json.child(tree, "truncation").getOrDefault("direction", "Right");
    if (side.equals("left") || side.equals("right")) {
      direction = side.equals("left") ? "Left" : "Right";
    }
    Map<String, Object> truncation = new LinkedHashMap<>(Json.child(tree, "truncation"));
    truncation.remove("max_length");
    truncation.put("direction", direction);
    Map<String, Object> directed = new LinkedHashMap<>(tree);
    directed.put("truncation", truncation);
    return directed;
  }

  /** The least of what the files say. */
  private OptionalInt maxLength(Map<String, Object> tree) {
    long length = limit(Json.child(tree, "truncation").getOrDefault("max_length", Json.NULL));
    length = Math.min(length, limit(tokenizerConfig.getOrDefault("model_max_length", Json.NULL)));
    long positions = limit(modelConfig.getOrDefault("max_position_embeddings", Json.NULL));
    if (positions < NO_LIMIT
        && POSITIONS_AFTER_PADDING.contains(String.valueOf(modelConfig.get("model_type")))) {
      positions -= 1 + (modelConfig.get("pad_token_id") instanceof Number id ? id.intValue() : 1);
    }
    length = Math.min(length, positions);
    return length < NO_LIMIT ? OptionalInt.of((int) length) : OptionalInt.empty();
  }

  private static long limit(Object value) {
    return value instanceof Number number && number.doubleValue() < NO_LIMIT
        ? number.longValue()
        : NO_LIMIT;
  }

  private Map<String, Object> object(String file) throws IOException {
    Optional<String> text = text(file);
    return text.isEmpty() ? Map.of() : Json.object(folder.resolve(file).toString(), text.get());
  }

  private Optional<String> text(String file) throws IOException {
    if (!isFile(folder, file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(folder.resolve(file)));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(folder.resolve(file) + ": malformed (expected: UTF-8)", e);
    }
  }

  private static boolean isFile(Path folder, String file) {
    return Files.isRegularFile(folder.resolve(file));
  }
}
