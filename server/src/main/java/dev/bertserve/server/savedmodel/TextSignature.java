package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;

/**
 * The signature of a SavedModel as it stands: texts and more in, numbers and texts out.
 *
 * @param name what the model calls it
 * @param signature texts in the order in which the model packs them where that is understood, else
 *     in alphabetical order, as other inputs and outputs are
 * @param feeds the tensor of each input
 * @param fetches the tensor of each output
 * @param ops kinds of op that the outputs need
 */
public record TextSignature(
    String name,
    ModelSignature signature,
    List<String> feeds,
    List<String> fetches,
    Set<String> ops) {

  /** Reads the one called {@code name}, or else the usual one, of the SavedModel in a folder. */
  public static TextSignature read(Path folder, Optional<String> name) throws IOException {
    SavedModel model = SavedModel.read(folder);
    SignatureChoice choice = model.textSignature(name);
    SignatureDef definition = choice.definition();
    List<InputSpec> inputs = inputs(folder, choice);
    List<String> feeds = new ArrayList<>();
    for (InputSpec input : inputs) {
      feeds.add(definition.getInputsOrThrow(input.name()).getName());
    }
    List<OutputSpec> outputs = SignatureOutputs.of(definition);
    List<String> fetches = new ArrayList<>();
    for (OutputSpec output : outputs) {
      fetches.add(definition.getOutputsOrThrow(output.name()).getName());
    }
    return new TextSignature(
        choice.name(), new ModelSignature(inputs, outputs), feeds, fetches, ops(model, fetches));
  }

  private static Set<String> ops(SavedModel model, List<String> fetches) {
    List<String> needed = new ArrayList<>(fetches);
    needed.add(model.restoreNode());
    needed.add(model.initNode());
    return NeededOps.of(model.meta().getGraphDef(), needed);
  }

  /** Those that the model packs if that is understood, otherwise all texts; then the others. */
  private static List<InputSpec> inputs(Path folder, SignatureChoice choice) throws IOException {
    SignatureDef definition = choice.definition();
    List<String> texts = texts(definition);
    if (definition.getInputsCount() > 1) {
      try {
        List<InputSpec> packed =
            ModelPreparer.prepare(folder, Optional.of(choice.name()), Optional.empty())
                .signature()
                .inputs();
        if (packed.size() == definition.getInputsCount()) {
          return packed;
        }
      } catch (UnsupportedModelException e) {
        // All texts may become tokens.
      }
    }
    return SignatureInputs.of(definition, texts);
  }

  private static List<String> texts(SignatureDef definition) {
    List<String> texts = new ArrayList<>();
    for (var input : new TreeMap<>(definition.getInputsMap()).entrySet()) {
      if (input.getValue().getDtype() == DataType.DT_STRING) {
        texts.add(input.getKey());
      }
    }
    return texts.isEmpty() ? List.copyOf(new TreeSet<>(definition.getInputsMap().keySet())) : texts;
  }
}
