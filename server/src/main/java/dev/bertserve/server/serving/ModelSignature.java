package dev.bertserve.server.serving;

import java.util.List;

/**
 * Inputs and outputs of a model.
 *
 * @param inputs names of the text inputs, in the order in which a row carries its texts
 * @param outputs in the order in which predictions carry them
 */
public record ModelSignature(List<String> inputs, List<OutputSpec> outputs) {

  public ModelSignature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("inputs: none (expected: at least one)");
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("outputs: none (expected: at least one)");
    }
  }

  /** Values in one row of each output. */
  public int[] rowSizes() {
    return outputs.stream().mapToInt(OutputSpec::rowSize).toArray();
  }
}
