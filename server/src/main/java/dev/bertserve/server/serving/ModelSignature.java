package dev.bertserve.server.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Inputs and outputs of a model.
 *
 * @param inputs the texts in the order in which a row carries them, then the others in the order of
 *     {@link PredictRequest#others}; only the last one may be optional
 * @param outputs in the order in which predictions carry them
 */
public record ModelSignature(List<InputSpec> inputs, List<OutputSpec> outputs) {

  public ModelSignature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    if (inputs.isEmpty() || !inputs.get(0).isText()) {
      throw new IllegalArgumentException("inputs: no text (expected: at least one)");
    }
    for (int i = 1; i < inputs.size(); i++) {
      if (inputs.get(i).isText() && !inputs.get(i - 1).isText()) {
        throw new IllegalArgumentException("inputs: " + inputs + " (expected: texts first)");
      }
      if (inputs.get(i - 1).isOptional()) {
        throw new IllegalArgumentException("inputs: " + inputs + " (expected: the optional last)");
      }
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("outputs: none (expected: at least one)");
    }
    for (OutputSpec output : outputs) {
      if (!output.isComputed()) {
        placeOf(inputs, output.input());
      }
    }
  }

  /** A signature whose inputs are all texts. */
  public static ModelSignature ofTexts(List<String> inputs, List<OutputSpec> outputs) {
    return new ModelSignature(inputs.stream().map(InputSpec::text).toList(), outputs);
  }

  /** The same signature, in which {@code names} has new names of inputs by the old ones. */
  public ModelSignature withInputsCalled(Map<String, String> names) {
    return new ModelSignature(
        inputs.stream().map(input -> input.called(name(names, input.name()))).toList(),
        outputs.stream()
            .map(o -> o.isComputed() ? o : o.handingOn(name(names, o.input())))
            .toList());
  }

  private static String name(Map<String, String> names, String input) {
    return names.getOrDefault(input, input);
  }

  /** The inputs that no row may lack. */
  public List<InputSpec> required() {
    return InputSpec.required(inputs);
  }

  /** The inputs that become tokens. */
  public List<InputSpec> texts() {
    return inputs.stream().filter(InputSpec::isText).toList();
  }

  /** Number of texts that no row may lack. */
  public int leastTexts() {
    return InputSpec.required(texts()).size();
  }

  /** The inputs that only outputs need. */
  public List<InputSpec> others() {
    return inputs.stream().filter(input -> !input.isText()).toList();
  }

  public List<String> inputNames() {
    return inputs.stream().map(InputSpec::name).toList();
  }

  /** The place of the input called {@code name} among {@link #inputs}. */
  public int placeOf(String name) {
    return placeOf(inputs, name);
  }

  /** The outputs that the engine computes, in the order of its columns. */
  public List<OutputSpec> computed() {
    return outputs.stream().filter(OutputSpec::isComputed).toList();
  }

  /**
   * All outputs: those of {@code computed}, which has the ones that the engine computes, and inputs
   * of {@code request} that are outputs too.
   */
  Prediction complete(Prediction computed, PredictRequest request) {
    int next = 0;
    List<Column> columns = new ArrayList<>(outputs.size());
    for (OutputSpec output : outputs) {
      columns.add(
          output.isComputed()
              ? computed.values().get(next++)
              : input(placeOf(output.input()), request));
    }
    return new Prediction(computed.rows(), outputs, columns, computed.permit());
  }

  private static Column input(int place, PredictRequest request) {
    int texts = request.rows().get(0).length;
    if (place >= texts) {
      return request.others().get(place - texts);
    }
    String[] values = new String[request.rows().size()];
    for (int row = 0; row < values.length; row++) {
      values[row] = request.rows().get(row)[place];
    }
    return new Column.Texts(values);
  }

  private static int placeOf(List<InputSpec> inputs, String name) {
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("input: " + name + " (expected: one of " + inputs + ")");
  }
}
