package dev.bertserve.server.prepared;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A prepared model's signatures, and the outputs of its graph, among the manifest's entries. */
final class SignatureEntries {

  private static final String SIGNATURE = "signature.";
  private static final String COLUMNS = ".columns";
  private static final String INPUT = "input.";
  private static final String OUTPUT = "output.";
  private static final String TYPE = ".type";
  private static final String SHAPE = ".shape";
  private static final String IS_TEXT = ".text";
  private static final String IS_OPTIONAL = ".optional";
  private static final String TEXT_BYTES = ".bytes";
  private static final String HANDED_ON = ".input";

  private SignatureEntries() {}

  static void write(List<NamedSignature> signatures, List<OutputSpec> outputs, Manifest manifest) {
    int number = 0;
    for (InputSpec input : signatures.get(0).signature().inputs()) {
      String key = INPUT + number++;
      manifest.put(key, input.name());
      manifest.put(key + TYPE, input.type());
      manifest.put(key + SHAPE, joined(input.rowShape()));
      manifest.put(key + IS_TEXT, input.isText());
      manifest.put(key + IS_OPTIONAL, input.isOptional());
    }
    writeOutputs(outputs, "", manifest);
    number = 0;
    for (NamedSignature signature : signatures) {
      String key = SIGNATURE + number++;
      manifest.put(key, signature.name());
      manifest.put(key + COLUMNS, joined(signature.columns()));
      int place = 0;
      for (String name : signature.signature().inputNames()) {
        manifest.put(key + "." + INPUT + place++, name);
      }
      writeOutputs(signature.signature().outputs(), key + ".", manifest);
    }
  }

  private static void writeOutputs(List<OutputSpec> outputs, String prefix, Manifest manifest) {
    int number = 0;
    for (OutputSpec output : outputs) {
      String key = prefix + OUTPUT + number++;
      manifest.put(key, output.name());
      manifest.put(key + TYPE, output.type());
      manifest.put(key + SHAPE, joined(output.rowShape()));
      manifest.put(key + TEXT_BYTES, output.textBytes());
      manifest.put(key + HANDED_ON, output.input());
    }
  }

  static List<NamedSignature> signatures(Manifest manifest) {
    List<InputSpec> inputs = new ArrayList<>();
    for (String key = INPUT + 0; manifest.has(key); key = INPUT + inputs.size()) {
      inputs.add(
          new InputSpec(
              manifest.get(key),
              numbers(manifest.get(key + SHAPE)),
              ValueType.valueOf(manifest.get(key + TYPE)),
              Boolean.parseBoolean(manifest.get(key + IS_TEXT)),
              Boolean.parseBoolean(manifest.get(key + IS_OPTIONAL))));
    }
    List<NamedSignature> signatures = new ArrayList<>();
    for (String key = SIGNATURE + 0; manifest.has(key); key = SIGNATURE + signatures.size()) {
      signatures.add(
          new NamedSignature(
              manifest.get(key),
              new ModelSignature(named(inputs, key, manifest), outputs(key + ".", manifest)),
              numbers(manifest.get(key + COLUMNS))));
    }
    return signatures;
  }

  /** {@code inputs} by the names that a signature has for them; earlier versions wrote none. */
  private static List<InputSpec> named(
      List<InputSpec> inputs, String signature, Manifest manifest) {
    List<InputSpec> named = new ArrayList<>();
    for (InputSpec input : inputs) {
      String key = signature + "." + INPUT + named.size();
      named.add(manifest.has(key) ? input.called(manifest.get(key)) : input);
    }
    return named;
  }

  /** Outputs of the graph. */
  static List<OutputSpec> outputs(Manifest manifest) {
    return outputs("", manifest);
  }

  private static List<OutputSpec> outputs(String prefix, Manifest manifest) {
    List<OutputSpec> outputs = new ArrayList<>();
    for (String key = prefix + OUTPUT + 0;
        manifest.has(key);
        key = prefix + OUTPUT + outputs.size()) {
      outputs.add(
          new OutputSpec(
              manifest.get(key),
              numbers(manifest.get(key + SHAPE)),
              ValueType.valueOf(manifest.get(key + TYPE)),
              manifest.number(key + TEXT_BYTES),
              manifest.get(key + HANDED_ON)));
    }
    return outputs;
  }

  private static String joined(List<Integer> numbers) {
    return String.join(",", numbers.stream().map(String::valueOf).toList());
  }

  private static List<Integer> numbers(String joined) {
    return joined.isEmpty()
        ? List.of()
        : Arrays.stream(joined.split(",", -1)).map(Integer::valueOf).toList();
  }
}
