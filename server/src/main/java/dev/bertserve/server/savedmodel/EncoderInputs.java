package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import dev.bertserve.server.huggingface.TokenizerDefinition;
import dev.bertserve.server.huggingface.TokenizerFolder;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.preprocessing.TokenSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The inputs of a model that takes token ids. Which is which is told by what the graph does with
 * them, whatever they are called: word ids choose rows of the largest table, types rows of another
 * one, and the mask of none.
 */
final class EncoderInputs {

  private final SortedMap<String, TensorInfo> inputs;

  private EncoderInputs(SortedMap<String, TensorInfo> inputs) {
    this.inputs = inputs;
  }

  /** Of a signature; refuses inputs that are not whole numbers of [rows, length]. */
  static EncoderInputs of(SignatureDef signature) {
    TreeMap<String, TensorInfo> inputs = new TreeMap<>(signature.getInputsMap());
    inputs.forEach(
        (name, input) -> {
          boolean whole =
              input.getDtype() == DataType.DT_INT32 || input.getDtype() == DataType.DT_INT64;
          int dimensions = input.getTensorShape().getDimCount();
          if (!whole || dimensions != 2) {
            throw new UnsupportedModelException(
                "input "
                    + name
                    + ": "
                    + input.getDtype()
                    + " of "
                    + dimensions
                    + " dimensions (expected: token ids, [rows, length]; --vocabulary is for those)");
          }
        });
    return new EncoderInputs(inputs);
  }

  /** The length that the signature has, or else the one that was asked for, or else the usual. */
  int sequenceLength(OptionalInt asked) {
    int length = asked.orElse(AddedTokenizer.DEFAULT_LENGTH);
    for (var input : inputs.entrySet()) {
      TensorShapeProto.Dim fixed = input.getValue().getTensorShape().getDim(1);
      if (fixed.getSize() < 1) {
        continue;
      }
      if (asked.isPresent() && fixed.getSize() != length) {
        throw new UnsupportedModelException(
            "sequence length "
                + length
                + " (expected: "
                + fixed.getSize()
                + ", that of input "
                + input.getKey()
                + ")");
      }
      length = Math.toIntExact(fixed.getSize());
    }
    return length;
  }

  /** The length that the signature has, if any. */
  private OptionalInt fixedLength() {
    return inputs.values().stream()
        .mapToInt(input -> Math.toIntExact(input.getTensorShape().getDim(1).getSize()))
        .filter(length -> length > 0)
        .findFirst();
  }

  /** The tokenizer whose files are in {@code huggingFace}, for rows of these inputs. */
  TokenSource.HuggingFace tokenizer(Path huggingFace) throws IOException {
    try {
      TokenizerDefinition found = TokenizerFolder.read(huggingFace);
      int most = found.maxLength().orElse(AddedTokenizer.DEFAULT_LENGTH);
      int length = fixedLength().orElse(most);
      return new TokenSource.HuggingFace(
          found.truncatedTo(Math.min(length, most)),
          String.valueOf(huggingFace.getFileName()),
          length);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Puts the placeholders of a prepared graph in the place of the inputs that it reads; returns
   * which input each was. The graph is frozen; {@code tensors} finds the tensor of a reference.
   */
  Map<TokenInput, String> replace(FlatGraph graph, Function<String, NodeOutput> tensors) {
    Map<TokenInput, String> roles = new EnumMap<>(TokenInput.class);
    Map<GraphNode, NodeOutput> replacements = new HashMap<>();
    Map<String, Long> rows = new TreeMap<>();
    Set<GraphNode> read = new HashSet<>(graph.nodes());
    SortedMap<String, TensorInfo> inputsRead = new TreeMap<>(inputs);
    inputsRead.values().removeIf(input -> !read.contains(tensors.apply(input.getName()).node()));
    inputsRead.forEach(
        (name, input) -> rows.put(name, tableRows(graph, tensors.apply(input.getName()).node())));
    long most = rows.values().stream().mapToLong(Long::longValue).max().orElse(0);
    inputsRead.forEach(
        (name, input) -> {
          TokenInput role = role(rows.getOrDefault(name, 0L), most);
          String other = roles.put(role, name);
          if (other != null) {
            throw new UnsupportedModelException(
                "inputs "
                    + other
                    + " and "
                    + name
                    + ": both read as "
                    + role.tensorName()
                    + " (expected: word ids, a mask and types)");
          }
          replacements.put(
              tensors.apply(input.getName()).node(), role.placeholder(input.getDtype()));
        });
    if (most == 0) {
      throw new UnsupportedModelException(
          "inputs " + inputs.keySet() + ": none chooses rows of a table (expected: word ids)");
    }
    graph.replaceReads(tensor -> replacements.getOrDefault(tensor.node(), tensor));
    return roles;
  }

  private static TokenInput role(long rows, long most) {
    if (rows == 0) {
      return TokenInput.MASK;
    }
    return rows == most ? TokenInput.WORD_IDS : TokenInput.TYPE_IDS;
  }

  /** Rows of the table that {@code placeholder} chooses from; 0 for none. */
  private static long tableRows(FlatGraph graph, GraphNode placeholder) {
    long rows = 0;
    for (GraphNode node : graph.nodes()) {
      if (node.is("GatherV2") && TokenInput.source(node.input(1)) == placeholder) {
        Weight table = node.input(0).node().weight();
        rows = Math.max(rows, table == null ? 0 : table.shape().get(0));
      }
      if (node.is("OneHot") && TokenInput.source(node.input(0)) == placeholder) {
        rows = Math.max(rows, Constants.integer(node.input(1)));
      }
    }
    return rows;
  }
}
