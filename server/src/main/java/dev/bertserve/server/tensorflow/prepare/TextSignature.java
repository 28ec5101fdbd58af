package dev.bertserve.server.tensorflow.prepare;

import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.tensorflow.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * The signature of a SavedModel as it stands: texts in, numbers out.
 *
 * @param signature names, in alphabetical order
 * @param feeds the tensor of each input
 * @param fetches the tensor of each output
 */
public record TextSignature(ModelSignature signature, List<String> feeds, List<String> fetches) {

  /** Reads it from the SavedModel in {@code folder}. */
  public static TextSignature read(Path folder) throws IOException {
    SignatureDef definition = SavedModel.read(folder).signature();
    TreeMap<String, TensorInfo> inputs = new TreeMap<>(definition.getInputsMap());
    List<String> feeds = new ArrayList<>();
    for (var input : inputs.entrySet()) {
      if (input.getValue().getDtype() != DataType.DT_STRING) {
        throw new UnsupportedModelException(
            "input "
                + input.getKey()
                + ": "
                + input.getValue().getDtype()
                + " (expected: DT_STRING)");
      }
      feeds.add(input.getValue().getName());
    }
    List<OutputSpec> outputs = SignatureOutputs.of(definition);
    List<String> fetches = new ArrayList<>();
    for (OutputSpec output : outputs) {
      fetches.add(definition.getOutputsOrThrow(output.name()).getName());
    }
    return new TextSignature(
        new ModelSignature(List.copyOf(inputs.keySet()), outputs), feeds, fetches);
  }
}
