package dev.bertserve.server.cli;

import dev.bertserve.server.prepared.EncoderFacts;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Quantised;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.savedmodel.TextSignature;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.ValueType;
import dev.bertserve.server.tensorflow.OriginalModel;
import dev.bertserve.server.wiring.LocalModel;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the properties of a model that Bertserve found. */
@Command(name = "inspect", description = "Prints what Bertserve understands of a SavedModel.")
final class InspectCommand implements Callable<Integer> {

  @Mixin private final ModelArgument model = new ModelArgument();

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Option(
      names = "--schemas",
      paramLabel = "DIR",
      description =
          "Write instance.yaml and prediction.yaml into DIR: schemas for Vertex AI's model registry"
              + " (OpenAPI 3.0.2).")
  private @Nullable Path schemas;

  @Mixin private final OpLibraryOption opLibraries = new OpLibraryOption();

  @Override
  public Integer call() throws IOException {
    try (LocalModel local = model.open()) {
      ModelLocation location = local.location();
      if (opLibraries.paths().isEmpty()) {
        PreparedModel prepared = location.prepare();
        return print(facts(prepared), prepared.signature());
      }
      TextSignature original =
          OriginalModel.read(location.modelFolder(), location.signature(), opLibraries.paths());
      return print(originalFacts(original), original.signature());
    }
  }

  private int print(Map<String, Object> facts, ModelSignature signature) throws IOException {
    if (schemas != null) {
      ModelSchemas.write(signature, schemas);
    }
    if (json) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      try (JsonWriter writer = new JsonWriter(line)) {
        write(writer, facts);
      }
      System.out.println(line.toString(StandardCharsets.UTF_8));
    } else {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      facts.forEach((name, value) -> out.printf("%-18s %s%n", name.replace('_', ' '), value));
    }
    return 0;
  }

  private static Map<String, Object> originalFacts(TextSignature original) {
    ModelSignature signature = original.signature();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("signature", original.name());
    facts.put("graph", "original, run unchanged");
    putInputs(facts, signature);
    facts.put("tokenizer", "not read, the graph's own ops run");
    facts.put("outputs", describe(signature));
    return facts;
  }

  private static Map<String, Object> facts(PreparedModel prepared) {
    TokenSource tokens = prepared.tokenizer().source();
    EncoderFacts encoder = prepared.encoder();
    Encoder rewritten = prepared.recognised();
    boolean anyLength = prepared.lengths(rewritten).least() == 1;
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("signature", prepared.signatureName());
    putInputs(facts, prepared.signature());
    if (!prepared.tokenizer().program().isUnchanged()) {
      facts.put("text_ops", prepared.tokenizer().program().describe());
    }
    facts.put("tokenizer", tokens.kind());
    if (tokens instanceof TokenSource.HuggingFace huggingFace) {
      facts.put("tokenizer_code", huggingFace.choice());
    }
    facts.put("vocabulary", tokens.place());
    facts.put("vocabulary_size", prepared.tokenizer().loaded().vocabularySize());
    facts.put("lower_case", tokens.lowerCase());
    facts.put("sequence_length", tokens.sequenceLength());
    facts.put("padding", anyLength ? "longest row" : "sequence length");
    facts.put("encoder_width", Math.max(encoder.width(), rewritten.width()));
    facts.put("layers", encoder.layers());
    facts.put("heads", Math.max(encoder.heads(), rewritten.heads()));
    facts.put("weights", encoder.weights());
    facts.put("outputs", describe(prepared.signature()));
    if (prepared.signatures().size() > 1) {
      Map<String, Object> others = new LinkedHashMap<>();
      for (NamedSignature other : prepared.signatures().subList(1, prepared.signatures().size())) {
        others.put(other.name(), describe(other.signature()));
      }
      facts.put("other_signatures", others);
    }
    Map<String, Object> cut = new LinkedHashMap<>();
    for (TokenInput input : TokenInput.values()) {
      if (prepared.cutPoints().containsKey(input)) {
        cut.put(input.tensorName(), prepared.cutPoints().get(input));
      }
    }
    facts.put("cut", cut);
    facts.put("rewritten", rewritten.matches());
    prepared.quantised().flatMap(Quantised::trial).ifPresent(trial -> facts.put("int8", trial));
    facts.put("left_as_exported", rewritten.missed());
    return facts;
  }

  private static void putInputs(Map<String, Object> facts, ModelSignature signature) {
    facts.put(
        "text_inputs",
        InputSpec.required(signature.texts()).stream().map(InputSpec::name).toList());
    List<String> optional =
        signature.inputs().stream().filter(InputSpec::isOptional).map(InputSpec::name).toList();
    if (!optional.isEmpty()) {
      facts.put("optional_inputs", optional);
    }
    if (!signature.others().isEmpty()) {
      facts.put(
          "other_inputs",
          signature.others().stream()
              .map(input -> described(input.name(), input.rowShape(), input.type()))
              .toList());
    }
  }

  private static List<String> describe(ModelSignature signature) {
    return signature.outputs().stream()
        .map(
            output ->
                described(output.name(), output.rowShape(), output.type())
                    + (output.isComputed() ? "" : " = input " + output.input()))
        .toList();
  }

  /** Types are named where they are not float32. */
  private static String described(String name, List<Integer> rowShape, ValueType type) {
    return name + " " + rowShape + (type == ValueType.FLOAT ? "" : " " + type.label());
  }

  private static void write(JsonWriter writer, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      writer.beginObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        writer.name(String.valueOf(entry.getKey()));
        write(writer, entry.getValue());
      }
      writer.endObject();
    } else if (value instanceof List<?> list) {
      writer.beginArray();
      for (Object element : list) {
        write(writer, element);
      }
      writer.endArray();
    } else if (value instanceof Number number) {
      writer.value(number.longValue());
    } else if (value instanceof Boolean flag) {
      writer.value(flag);
    } else {
      writer.value(String.valueOf(value));
    }
  }
}
