package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;
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
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The signature of a SavedModel as it stands: texts in, numbers out.
 *
 * @param name what the model calls it
 * @param signature inputs in the order in which the model packs them where that is understood, else
 *     in alphabetical order, as outputs are
 * @param feeds the tensor of each input
 * @param fetches the tensor of each output
 * @param ops kinds of op that the outputs need
 */
public record TextSignature(
    String name,
    ModelSignature signature,
    List<Feed> feeds,
    List<String> fetches,
    Set<String> ops) {

  /**
   * A tensor that takes texts.
   *
   * @param rowShape dimensions of one row's text, each 1; mostly none
   */
  public record Feed(String tensor, List<Integer> rowShape) {}

  /** Reads the one called {@code name}, or else the usual one, of the SavedModel in a folder. */
  public static TextSignature read(Path folder, Optional<String> name) throws IOException {
    SavedModel model = SavedModel.read(folder);
    SignatureChoice choice = model.signature(name);
    SignatureDef definition = choice.definition();
    List<String> inputs = inputs(folder, choice);
    List<Feed> feeds = new ArrayList<>();
    for (String input : inputs) {
      feeds.add(feed(input, definition.getInputsOrThrow(input)));
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

  private static List<String> inputs(Path folder, SignatureChoice choice) throws IOException {
    List<String> names =
        new ArrayList<>(new TreeSet<>(choice.definition().getInputsMap().keySet()));
    if (names.size() < 2) {
      return names;
    }
    try {
      List<String> packed =
          ModelPreparer.prepare(folder, Optional.of(choice.name()), Optional.empty())
              .signature()
              .inputs();
      return packed.size() == names.size() ? packed : names;
    } catch (UnsupportedModelException e) {
      return names;
    }
  }

  private static Feed feed(String input, TensorInfo tensor) {
    requireText(input, tensor);
    List<TensorShapeProto.Dim> shape = tensor.getTensorShape().getDimList();
    List<Integer> rowShape = new ArrayList<>();
    for (TensorShapeProto.Dim dimension : shape.subList(Math.min(1, shape.size()), shape.size())) {
      if (dimension.getSize() > 1) {
        throw new UnsupportedModelException(
            "input "
                + input
                + ": "
                + dimension.getSize()
                + " texts in a row (expected: one text a row)");
      }
      rowShape.add(1);
    }
    return new Feed(tensor.getName(), rowShape);
  }

  /** Refuses inputs that are not text. */
  static void requireText(SignatureDef signature) {
    new TreeMap<>(signature.getInputsMap()).forEach(TextSignature::requireText);
  }

  private static void requireText(String input, TensorInfo tensor) {
    if (tensor.getDtype() != DataType.DT_STRING) {
      throw new UnsupportedModelException(
          "input "
              + input
              + ": "
              + tensor.getDtype()
              + " (expected: DT_STRING, or --vocabulary, or Hugging Face's tokenizer.json beside"
              + " the model, to make ids of text)");
    }
  }
}
