package dev.bertserve.server.savedmodel;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A prepared model's inputs and outputs among the manifest's entries. */
final class SignatureEntries {

  private static final String INPUT = "input.";
  private static final String OUTPUT = "output.";
  private static final String TYPE = ".type";
  private static final String SHAPE = ".shape";
  private static final String IS_TEXT = ".text";
  private static final String TEXT_BYTES = ".bytes";
  private static final String HANDED_ON = ".input";

  private SignatureEntries() {}

  static void write(ModelSignature signature, Manifest manifest) {
    int number = 0;
    for (InputSpec input : signature.inputs()) {
      String key = INPUT + number++;
      manifest.put(key, input.name());
      manifest.put(key + TYPE, input.type());
      manifest.put(key + SHAPE, joined(input.rowShape()));
      manifest.put(key + IS_TEXT, input.isText());
    }
    number = 0;
    for (OutputSpec output : signature.outputs()) {
      String key = OUTPUT + number++;
      manifest.put(key, output.name());
      manifest.put(key + TYPE, output.type());
      manifest.put(key + SHAPE, joined(output.rowShape()));
      manifest.put(key + TEXT_BYTES, output.textBytes());
      manifest.put(key + HANDED_ON, output.input());
    }
  }

  static ModelSignature read(Manifest manifest) {
    List<InputSpec> inputs = new ArrayList<>();
    for (String key = INPUT + 0; manifest.has(key); key = INPUT + inputs.size()) {
      inputs.add(
          new InputSpec(
              manifest.get(key),
              shape(manifest.get(key + SHAPE)),
              ValueType.valueOf(manifest.get(key + TYPE)),
              Boolean.parseBoolean(manifest.get(key + IS_TEXT))));
    }
    List<OutputSpec> outputs = new ArrayList<>();
    for (String key = OUTPUT + 0; manifest.has(key); key = OUTPUT + outputs.size()) {
      outputs.add(
          new OutputSpec(
              manifest.get(key),
              shape(manifest.get(key + SHAPE)),
              ValueType.valueOf(manifest.get(key + TYPE)),
              manifest.number(key + TEXT_BYTES),
              manifest.get(key + HANDED_ON)));
    }
    return new ModelSignature(inputs, outputs);
  }

  private static String joined(List<Integer> shape) {
    return String.join(",", shape.stream().map(String::valueOf).toList());
  }

  private static List<Integer> shape(String joined) {
    return joined.isEmpty()
        ? List.of()
        : Arrays.stream(joined.split(",", -1)).map(Integer::valueOf).toList();
  }
}
