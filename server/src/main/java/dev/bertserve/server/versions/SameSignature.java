package dev.bertserve.server.versions;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.ServedModel;
import java.util.List;

/** The rule that a new version has the inputs and outputs of the one that serves. */
final class SameSignature {

  private SameSignature() {}

  /**
   * Closes {@code servable} and throws if a name, type or shape differs from {@code serving}, since
   * its clients could not read the new one's responses, or it their requests.
   */
  static void require(Servable servable, ServedModel serving) {
    ModelSignature found = servable.signature();
    ModelSignature expected = serving.servable().signature();
    try {
      require("inputs", inputs(found), inputs(expected), serving);
      require("outputs", outputs(found), outputs(expected), serving);
    } catch (UnsupportedModelException e) {
      servable.close();
      throw e;
    }
  }

  private static void require(
      String what, List<String> found, List<String> expected, ServedModel serving) {
    if (!found.equals(expected)) {
      throw new UnsupportedModelException(
          what
              + ": "
              + found
              + " (expected: "
              + expected
              + ", as version "
              + serving.version().number()
              + " has)");
    }
  }

  private static List<String> inputs(ModelSignature signature) {
    return signature.inputs().stream().map(SameSignature::shown).toList();
  }

  private static List<String> outputs(ModelSignature signature) {
    return signature.outputs().stream().map(SameSignature::shown).toList();
  }

  private static String shown(InputSpec input) {
    return input.name() + " " + input.type().label() + " " + input.rowShape();
  }

  private static String shown(OutputSpec output) {
    return output.name() + " " + output.type().label() + " " + output.rowShape();
  }
}
