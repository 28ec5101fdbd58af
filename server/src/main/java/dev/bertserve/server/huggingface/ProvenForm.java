package dev.bertserve.server.huggingface;

import dev.bertserve.tokenizer.TokenizerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether a definition is of the one form for which our ids are proved to be Hugging Face's: BERT's
 * own normalizer, words, WordPiece and template.
 */
final class ProvenForm {

  private static final String SUFFIX_INDICATOR = "##";

  private final Map<String, Object> tree;
  private final TokenizerDefinition definition;

  ProvenForm(TokenizerDefinition definition) {
    this.definition = definition;
    this.tree = definition.tree();
  }

  /** The first thing that is otherwise; empty if the definition is of the form. */
  String otherwise() {
    Map<String, Object> normalizer = Json.child(tree, "normalizer");
    Object lowerCase = normalizer.getOrDefault("lowercase", Json.NULL);
    Object stripped = normalizer.getOrDefault("strip_accents", Json.NULL);
    if (!"BertNormalizer".equals(normalizer.get("type"))) {
      return "normalizer " + normalizer.getOrDefault("type", "none");
    }
    if (!Boolean.TRUE.equals(normalizer.get("clean_text"))
        || !Boolean.TRUE.equals(normalizer.get("handle_chinese_chars"))
        || !(lowerCase instanceof Boolean)
        || !(stripped == Json.NULL || stripped.equals(lowerCase))) {
      return "normalizer BertNormalizer, not with BERT's own choices";
    }
    Object words = Json.child(tree, "pre_tokenizer").getOrDefault("type", "none");
    if (!"BertPreTokenizer".equals(words)) {
      return "pre_tokenizer " + words;
    }
    Map<String, Object> model = Json.child(tree, "model");
    if (!definition.model().equals("WordPiece")) {
      return "model " + definition.model();
    }
    if (!SUFFIX_INDICATOR.equals(model.get("continuing_subword_prefix"))
        || maxPerWord() < 1
        || !Json.child(model, "vocab").containsKey(unknown())) {
      return "model WordPiece, not with BERT's own choices";
    }
    if (!template().isProven()) {
      return "post_processor " + Json.child(tree, "post_processor").getOrDefault("type", "none");
    }
    if (!"Right".equals(Json.child(tree, "truncation").get("direction"))) {
      return "truncation at the left";
    }
    for (Object added : Json.list(tree, "added_tokens")) {
      Map<String, Object> token = Json.map("added_tokens", added);
      if (!Boolean.FALSE.equals(token.get("normalized")) || "".equals(token.get("content"))) {
        return "added token " + token.get("content") + ", matched in normalized text";
      }
    }
    return "";
  }

  /** Of a definition that is of the form. */
  TokenizerSpec spec() {
    BertTemplate template = template();
    return new TokenizerSpec(
        definition.lowerCase(),
        unknown(),
        SUFFIX_INDICATOR,
        maxPerWord(),
        template.startId(),
        template.endId(),
        maxLength(),
        TokenizerSpec.Operations.HUGGING_FACE);
  }

  List<String> addedTokens() {
    List<String> contents = new ArrayList<>();
    for (Object added : Json.list(tree, "added_tokens")) {
      contents.add(String.valueOf(Json.map("added_tokens", added).get("content")));
    }
    return contents;
  }

  /** Whether a pair that is too long loses ids of its longer text. */
  boolean cutsLongestFirst() {
    return definition.strategy().equals(TokenizerDefinition.LONGEST_FIRST);
  }

  int maxLength() {
    return definition.maxLength().orElseThrow();
  }

  private BertTemplate template() {
    return BertTemplate.of(Json.child(tree, "post_processor"));
  }

  private String unknown() {
    return String.valueOf(Json.child(tree, "model").get("unk_token"));
  }

  private int maxPerWord() {
    return number(Json.child(tree, "model").getOrDefault("max_input_chars_per_word", Json.NULL));
  }

  private static int number(Object value) {
    return value instanceof Number number ? number.intValue() : -1;
  }
}
