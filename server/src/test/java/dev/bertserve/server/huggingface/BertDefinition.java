package dev.bertserve.server.huggingface;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Definitions of BERT's tokenizer to test with, by their JSON trees. */
final class BertDefinition {

  static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private BertDefinition() {}

  /** BERT's own choices over {@code tokens}, cut at {@code maxLength} ids. */
  static TokenizerDefinition of(List<String> tokens, boolean lowerCase, int maxLength) {
    return TokenizerDefinition.of(tree(tokens, lowerCase)).truncatedTo(maxLength);
  }

  /** The tree of its tokenizer.json, which may be changed. */
  static Map<String, Object> tree(List<String> tokens, boolean lowerCase) {
    Map<String, Object> specials =
        new LinkedHashMap<>(Map.of("do_lower_case", lowerCase, "tokenizer_class", "BertTokenizer"));
    return new BertFiles(specials, Map.of(), Map.of()).definition(String.join("\n", tokens) + "\n");
  }
}
