package dev.bertserve.server.huggingface;

import java.util.List;
import java.util.Map;

/**
 * BERT's rows: start, text, end; and start, text, end, text, end, the last two of type 1.
 *
 * @param startId id of [CLS], or -1 where a post-processor does something else
 * @param endId id of [SEP], or -1
 */
record BertTemplate(int startId, int endId) {

  private static final BertTemplate OTHER = new BertTemplate(-1, -1);

  /** What a post-processor of tokenizer.json does. */
  static BertTemplate of(Map<String, Object> processor) {
    Object type = processor.getOrDefault("type", "none");
    if (type.equals("BertProcessing")) {
      return new BertTemplate(idOfPair(processor, "cls"), idOfPair(processor, "sep"));
    }
    if (!type.equals("TemplateProcessing")) {
      return OTHER;
    }
    List<?> single = Json.list(processor, "single");
    if (single.size() != 3) {
      return OTHER;
    }
    String start = special(single.get(0));
    String end = special(single.get(2));
    boolean isBerts =
        single.equals(List.of(token(start, 0), text("A", 0), token(end, 0)))
            && Json.list(processor, "pair")
                .equals(
                    List.of(
                        token(start, 0), text("A", 0), token(end, 0), text("B", 1), token(end, 1)));
    return isBerts ? new BertTemplate(id(processor, start), id(processor, end)) : OTHER;
  }

  boolean isProven() {
    return startId >= 0 && endId >= 0;
  }

  private static String special(Object element) {
    return element instanceof Map<?, ?> map
            && map.get("SpecialToken") instanceof Map<?, ?> token
            && token.get("id") instanceof String id
        ? id
        : "";
  }

  private static Map<String, Object> token(String id, int type) {
    return Map.of("SpecialToken", Map.of("id", id, "type_id", type));
  }

  private static Map<String, Object> text(String id, int type) {
    return Map.of("Sequence", Map.of("id", id, "type_id", type));
  }

  /** The one id of a special token; -1 where it has none or several. */
  private static int id(Map<String, Object> processor, String token) {
    List<?> ids = Json.list(Json.child(Json.child(processor, "special_tokens"), token), "ids");
    return ids.size() == 1 && ids.get(0) instanceof Number id ? id.intValue() : -1;
  }

  /** The id in a pair of token and id. */
  private static int idOfPair(Map<String, Object> processor, String key) {
    List<?> pair = Json.list(processor, key);
    return pair.size() == 2 && pair.get(1) instanceof Number id ? id.intValue() : -1;
  }
}
