package dev.bertserve.server.cli;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The schemas that Vertex AI's model registry keeps with a model: of an instance and of a
 * prediction, as OpenAPI 3.0.2 schema objects in YAML.
 */
final class ModelSchemas {

  private static final String INSTANCE = "instance.yaml";
  private static final String PREDICTION = "prediction.yaml";

  private final StringBuilder yaml = new StringBuilder();

  private ModelSchemas() {}

  /** Writes both files into {@code folder}, which is made if it is not there. */
  static void write(ModelSignature signature, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(INSTANCE), instance(signature));
    Files.writeString(folder.resolve(PREDICTION), prediction(signature));
  }

  /** An object by input name, which every model takes. */
  static String instance(ModelSignature signature) {
    ModelSchemas schema = new ModelSchemas();
    List<InputSpec> inputs = signature.inputs();
    schema.beginObject("instance", signature.required().stream().map(InputSpec::name).toList());
    for (InputSpec input : inputs) {
      schema.line(1, quoted(input.name()) + ":");
      // A text, or a value of its own row, needs no array of one
      schema.value(2, input.rowSize() == 1 ? List.of() : input.rowShape(), input.type());
    }
    return schema.yaml.toString();
  }

  /** The tensor of the only output, or an object by output name. */
  static String prediction(ModelSignature signature) {
    ModelSchemas schema = new ModelSchemas();
    List<OutputSpec> outputs = signature.outputs();
    if (outputs.size() == 1) {
      schema.line(0, "title: prediction");
      schema.value(0, outputs.get(0).rowShape(), outputs.get(0).type());
      return schema.yaml.toString();
    }
    schema.beginObject("prediction", outputs.stream().map(OutputSpec::name).toList());
    for (OutputSpec output : outputs) {
      schema.line(1, quoted(output.name()) + ":");
      schema.value(2, output.rowShape(), output.type());
    }
    return schema.yaml.toString();
  }

  private void beginObject(String title, List<String> required) {
    line(0, "title: " + title);
    line(0, "type: object");
    line(0, "required:");
    required.forEach(name -> line(0, "- " + quoted(name)));
    line(0, "properties:");
  }

  /** Arrays of the lengths in {@code shape}, from the outermost one inwards. */
  private void value(int depth, List<Integer> shape, ValueType type) {
    int level = depth;
    for (int length : shape) {
      line(level, "type: array");
      line(level, "minItems: " + length);
      line(level, "maxItems: " + length);
      line(level, "items:");
      level++;
    }
    switch (type) {
      case STRING -> line(level, "type: string");
      case BOOL -> line(level, "type: boolean");
      case FLOAT, HALF, BFLOAT16 -> number(level, "number", "float");
      case DOUBLE -> number(level, "number", "double");
      case INT8, INT16, INT32, UINT8, UINT16 -> number(level, "integer", "int32");
      case INT64, UINT32, UINT64 -> number(level, "integer", "int64");
    }
  }

  private void number(int level, String type, String format) {
    line(level, "type: " + type);
    line(level, "format: " + format);
  }

  private void line(int level, String text) {
    yaml.append("  ".repeat(level)).append(text).append('\n');
  }

  /** In YAML's double quotes. */
  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
