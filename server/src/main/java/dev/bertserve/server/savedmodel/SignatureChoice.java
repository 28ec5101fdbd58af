package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * One of a model's signatures.
 *
 * @param name what the model calls it
 * @param definition its inputs and outputs
 */
record SignatureChoice(String name, SignatureDef definition) {

  static final String DEFAULT = "serving_default";

  /** TensorFlow's own, such as the one that fills tables. */
  private static final String INTERNAL = "__";

  /** Their one text is a serialised example of features. */
  private static final Set<String> TAKE_EXAMPLES =
      Set.of("tensorflow/serving/classify", "tensorflow/serving/regress");

  private static final Set<DataType> IDS = Set.of(DataType.DT_INT32, DataType.DT_INT64);

  /**
   * The one called {@code asked}; without it, {@link #DEFAULT}, or else the only one that takes
   * text, or else the only one that takes token ids.
   *
   * @throws UnsupportedModelException where that is none or several; one line lists them
   */
  static SignatureChoice of(
      Path folder, Map<String, SignatureDef> signatures, Optional<String> asked) {
    Map<String, SignatureDef> named = new TreeMap<>(signatures);
    named.keySet().removeIf(name -> name.startsWith(INTERNAL));
    if (asked.isPresent()) {
      return choice(folder, named, List.of(asked.get()), "one of them as --signature");
    }
    if (named.containsKey(DEFAULT)) {
      return choice(folder, named, List.of(DEFAULT), DEFAULT);
    }
    List<String> texts = ofTexts(named);
    return texts.isEmpty()
        ? choice(
            folder,
            named,
            named.keySet().stream().filter(name -> takesIds(named, name)).toList(),
            DEFAULT + ", or one that takes text")
        : choice(folder, named, texts, "--signature with one of " + texts);
  }

  /** The only one of {@code signatures} that takes text, if this one takes none; else this one. */
  SignatureChoice orOnlyText(Map<String, SignatureDef> signatures) {
    List<String> texts = ofTexts(signatures);
    return takesText() || texts.size() != 1
        ? this
        : new SignatureChoice(texts.get(0), Objects.requireNonNull(signatures.get(texts.get(0))));
  }

  private static List<String> ofTexts(Map<String, SignatureDef> signatures) {
    return signatures.keySet().stream()
        .filter(name -> !name.startsWith(INTERNAL) && takesText(signatures, name))
        .toList();
  }

  private static SignatureChoice choice(
      Path folder, Map<String, SignatureDef> named, List<String> names, String expected) {
    SignatureDef definition = names.size() == 1 ? named.get(names.get(0)) : null;
    if (definition == null) {
      throw new UnsupportedModelException(
          folder + ": signatures " + named.keySet() + " (expected: " + expected + ")");
    }
    return new SignatureChoice(names.get(0), definition);
  }

  private static boolean takesText(Map<String, SignatureDef> named, String name) {
    SignatureDef signature = named.get(name);
    return signature != null
        && !TAKE_EXAMPLES.contains(signature.getMethodName())
        && signature.getOutputsCount() > 0
        && hasText(signature);
  }

  private static boolean takesIds(Map<String, SignatureDef> named, String name) {
    SignatureDef signature = named.get(name);
    return signature != null && signature.getOutputsCount() > 0 && takesIds(signature);
  }

  private static boolean hasText(SignatureDef signature) {
    return signature.getInputsMap().values().stream()
        .anyMatch(input -> input.getDtype() == DataType.DT_STRING);
  }

  /** Those of {@code signatures} beside this one that take the same inputs. */
  List<SignatureChoice> othersAmong(Map<String, SignatureDef> signatures) {
    List<SignatureChoice> others = new ArrayList<>();
    new TreeMap<>(signatures)
        .forEach(
            (other, signature) -> {
              if (!other.equals(name)
                  && !other.startsWith(INTERNAL)
                  && takesText(signatures, other)
                  && inputsOf(signature).isPresent()) {
                others.add(new SignatureChoice(other, signature));
              }
            });
    return others;
  }

  /**
   * This signature's input for each of {@code other}: the one of the same name, or, for a single
   * input without such a one, the one that is left. Empty where the inputs differ in number or
   * type.
   */
  Optional<Map<String, String>> inputsOf(SignatureDef other) {
    Map<String, TensorInfo> own = definition.getInputsMap();
    Map<String, TensorInfo> theirs = other.getInputsMap();
    List<String> left = without(own.keySet(), theirs.keySet());
    List<String> renamed = without(theirs.keySet(), own.keySet());
    if (left.size() > 1 || renamed.size() != left.size()) {
      return Optional.empty();
    }
    Map<String, String> inputs = new HashMap<>();
    for (String input : theirs.keySet()) {
      String same = renamed.contains(input) ? left.get(0) : input;
      if (type(theirs, input) != type(own, same)) {
        return Optional.empty();
      }
      inputs.put(input, same);
    }
    return Optional.of(inputs);
  }

  private static List<String> without(Set<String> names, Set<String> those) {
    return names.stream().filter(name -> !those.contains(name)).toList();
  }

  private static DataType type(Map<String, TensorInfo> inputs, String name) {
    return Objects.requireNonNull(inputs.get(name)).getDtype();
  }

  /** Whether an input may be text. */
  boolean takesText() {
    return hasText(definition);
  }

  /** Whether all inputs are whole numbers, as those of an encoder are. */
  boolean takesIds() {
    return takesIds(definition);
  }

  private static boolean takesIds(SignatureDef signature) {
    return signature.getInputsCount() > 0
        && signature.getInputsMap().values().stream()
            .map(TensorInfo::getDtype)
            .allMatch(IDS::contains);
  }
}
