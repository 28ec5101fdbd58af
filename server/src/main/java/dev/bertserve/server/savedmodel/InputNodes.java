package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.SignatureDef;

/**
 * The inputs of a signature, with the placeholder of each.
 *
 * @param signature what it says of them, and of the outputs
 * @param placeholders by the names of the inputs
 */
record InputNodes(SignatureDef signature, Map<String, GraphNode> placeholders) {

  InputNodes {
    placeholders = Map.copyOf(placeholders);
  }

  static InputNodes of(SignatureDef signature, GraphFlattener flattener) {
    Map<String, GraphNode> placeholders = new HashMap<>();
    signature
        .getInputsMap()
        .forEach((name, input) -> placeholders.put(name, flattener.tensor(input.getName()).node()));
    return new InputNodes(signature, placeholders);
  }

  /** The input whose placeholder {@code node} is; empty if there is none. */
  Optional<String> find(GraphNode node) {
    return placeholders.entrySet().stream()
        .filter(input -> input.getValue() == node)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The same, where there must be one. */
  String name(GraphNode placeholder) {
    return find(placeholder)
        .orElseThrow(
            () ->
                new UnsupportedModelException(
                    "node "
                        + placeholder.name()
                        + ": not an input of the signature (expected: one of "
                        + signature.getInputsMap().keySet()
                        + ")"));
  }
}
