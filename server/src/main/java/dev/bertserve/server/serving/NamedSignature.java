package dev.bertserve.server.serving;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A signature of a model, as callers name it.
 *
 * @param name as in the SavedModel
 * @param signature inputs and outputs
 * @param columns for each of {@link ModelSignature#computed}, its index among the engine's outputs
 */
public record NamedSignature(String name, ModelSignature signature, List<Integer> columns) {

  public NamedSignature {
    columns = List.copyOf(columns);
    if (columns.size() != signature.computed().size()) {
      throw new IllegalArgumentException(
          "columns: " + columns + " (expected: one for each computed output)");
    }
  }

  /** The only signature of an engine: all its outputs, in their order. */
  public static NamedSignature only(String name, ModelSignature signature) {
    int computed = signature.computed().size();
    return new NamedSignature(name, signature, IntStream.range(0, computed).boxed().toList());
  }
}
