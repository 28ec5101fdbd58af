package dev.bertserve.bulk.pipeline;

import dev.bertserve.server.embedded.TextModel;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * Columns of the input that are needed.
 *
 * @param texts in the order of the model's inputs
 * @param keys handed through; of JSON lines and CSV with {@code :TYPE} after the name
 */
record Columns(List<String> texts, List<String> keys) {

  /** Throws IllegalArgumentException unless there is one text for each of the model's inputs. */
  static Columns of(BertserveBulkOptions options, TextModel model) {
    List<String> texts = names(options.getTexts());
    if (!texts.isEmpty() && !model.takes(texts.size())) {
      throw new IllegalArgumentException(
          "texts: " + texts + " (expected: one for each of " + model.inputs() + ")");
    }
    return new Columns(texts.isEmpty() ? model.inputs() : texts, names(options.getKeys()));
  }

  /** The names in a list with commas. */
  static List<String> names(String list) {
    return Arrays.stream(list.split(",")).map(String::trim).filter(s -> !s.isEmpty()).toList();
  }

  /**
   * The fields {@code names} of {@code all}, in that order. Throws IllegalArgumentException for one
   * that is not there.
   *
   * @param what it would be, for the message
   */
  static Schema chosen(String what, Schema all, Collection<String> names) {
    Schema.Builder chosen = Schema.builder();
    for (String name : names) {
      if (!all.hasField(name)) {
        throw new IllegalArgumentException(
            what + ": " + name + " (expected: one of " + all.getFieldNames() + ")");
      }
      chosen.addField(all.getField(name));
    }
    return chosen.build();
  }

  /** Texts, then keys. */
  Set<String> all() {
    Set<String> all = new LinkedHashSet<>(texts);
    all.addAll(keys);
    return all;
  }

  /** Texts that are not handed through: none without keys. */
  List<String> dropped() {
    List<String> names = keys.stream().map(Columns::name).toList();
    return names.isEmpty()
        ? List.of()
        : texts.stream().filter(text -> !names.contains(text)).toList();
  }

  /** Fields of files that state no types; null if they are missing. */
  Schema stated() {
    Schema.Builder fields = Schema.builder();
    texts.forEach(fields::addNullableStringField);
    for (String key : keys) {
      if (!texts.contains(name(key))) {
        fields.addField(Field.nullable(name(key), type(key)));
      }
    }
    return fields.build();
  }

  private static String name(String key) {
    return key.replaceFirst(":.*", "");
  }

  private static FieldType type(String key) {
    return switch (key.substring(name(key).length())) {
      case "", ":STRING" -> FieldType.STRING;
      case ":INT64" -> FieldType.INT64;
      case ":DOUBLE" -> FieldType.DOUBLE;
      case ":BOOLEAN" -> FieldType.BOOLEAN;
      default ->
          throw new IllegalArgumentException(
              "keys: " + key + " (expected: a type STRING, INT64, DOUBLE or BOOLEAN)");
    };
  }
}
