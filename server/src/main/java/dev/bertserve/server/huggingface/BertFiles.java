package dev.bertserve.server.huggingface;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** BERT's tokenizer without a tokenizer.json: a vocab.txt, and what the configurations say. */
final class BertFiles {

  private static final int MAX_CHARACTERS_PER_WORD = 100;

  /** Kinds of model, and beginnings of tokenizer classes, whose vocab.txt is as BERT's. */
  private static final Set<String> KINDS =
      Set.of("bert", "distilbert", "electra", "mobilebert", "convbert", "squeezebert", "layoutlm");

  private static final Map<String, String> SPECIAL_TOKENS =
      new TreeMap<>(
          Map.of(
              "pad_token", "[PAD]",
              "unk_token", "[UNK]",
              "cls_token", "[CLS]",
              "sep_token", "[SEP]",
              "mask_token", "[MASK]"));

  private final Map<String, Object> tokenizerConfig;
  private final Map<String, Object> modelConfig;
  private final Map<String, Object> specialTokens;

  BertFiles(
      Map<String, Object> tokenizerConfig,
      Map<String, Object> modelConfig,
      Map<String, Object> specialTokens) {
    this.tokenizerConfig = tokenizerConfig;
    this.modelConfig = modelConfig;
    this.specialTokens = specialTokens;
  }

  /** Whether a tokenizer class makes BERT's tokenizer. */
  static boolean isBertLike(@Nullable Object tokenizerClass) {
    String kind =
        String.valueOf(tokenizerClass)
            .replaceFirst("Tokenizer(Fast)?$", "")
            .toLowerCase(Locale.ROOT);
    return KINDS.contains(kind);
  }

  /** The tree of the tokenizer.json that Hugging Face makes of the same files. */
  Map<String, Object> definition(String vocabulary) {
    requireBert();
    Map<String, Object> ids = ids(vocabulary);
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "WordPiece");
    model.put("unk_token", special("unk_token"));
    model.put("continuing_subword_prefix", "##");
    model.put("max_input_chars_per_word", MAX_CHARACTERS_PER_WORD);
    model.put("vocab", ids);
    Map<String, Object> normalizer = new LinkedHashMap<>();
    normalizer.put("type", "BertNormalizer");
    normalizer.put("clean_text", true);
    normalizer.put("handle_chinese_chars", configured("tokenize_chinese_chars", true));
    normalizer.put("strip_accents", configured("strip_accents", Json.NULL));
    normalizer.put("lowercase", configured("do_lower_case", true));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", "1.0");
    tree.put("added_tokens", addedTokens(ids));
    tree.put("normalizer", normalizer);
    tree.put("pre_tokenizer", Map.of("type", "BertPreTokenizer"));
    tree.put(
        "post_processor",
        Map.of(
            "type", "BertProcessing",
            "sep", List.of(special("sep_token"), id(ids, "sep_token")),
            "cls", List.of(special("cls_token"), id(ids, "cls_token"))));
    tree.put("decoder", Json.NULL);
    tree.put("model", model);
    return tree;
  }

  private void requireBert() {
    Object tokenizerClass = tokenizerConfig.getOrDefault("tokenizer_class", Json.NULL);
    Object kind = modelConfig.getOrDefault("model_type", Json.NULL);
    boolean isBerts =
        tokenizerClass == Json.NULL
            ? kind == Json.NULL || KINDS.contains(String.valueOf(kind))
            : isBertLike(tokenizerClass);
    if (!isBerts) {
      throw new IllegalArgumentException(
          "vocab.txt: of "
              + (tokenizerClass == Json.NULL ? kind : tokenizerClass)
              + " (expected: a tokenizer.json, as AutoTokenizer.from_pretrained(..)"
              + ".save_pretrained(..) writes it)");
    }
  }

  /** A token a line; the last of equal ones counts. */
  private static Map<String, Object> ids(String vocabulary) {
    Map<String, Object> ids = new LinkedHashMap<>();
    String[] lines = vocabulary.split("\r\n|\r|\n", -1);
    int count = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
    for (int id = 0; id < count; id++) {
      ids.put(lines[id], id);
    }
    return ids;
  }

  private List<Object> addedTokens(Map<String, Object> ids) {
    List<Object> added = new ArrayList<>();
    for (String name : SPECIAL_TOKENS.keySet()) {
      if (!ids.containsKey(special(name))) {
        continue;
      }
      Map<String, Object> token = new LinkedHashMap<>();
      token.put("id", id(ids, name));
      token.put("content", special(name));
      for (String option : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.put(option, false);
      }
      token.put("special", true);
      added.add(token);
    }
    return added;
  }

  /** A special token as the configuration calls it, or as BERT does. */
  private String special(String name) {
    Object token = configured(name, specialTokens.getOrDefault(name, Json.NULL));
    Object content = token instanceof Map<?, ?> map ? map.get("content") : token;
    return content instanceof String text ? text : SPECIAL_TOKENS.getOrDefault(name, "");
  }

  private Object configured(String key, Object otherwise) {
    return tokenizerConfig.getOrDefault(key, otherwise);
  }

  private Object id(Map<String, Object> ids, String name) {
    Object id = ids.get(special(name));
    if (id == null) {
      throw new IllegalArgumentException(
          "vocab.txt: no " + special(name) + " (expected: BERT's tokens)");
    }
    return id;
  }
}
