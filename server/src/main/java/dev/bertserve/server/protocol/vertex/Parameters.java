package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.rows.TopValues;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The parameters of a request.
 *
 * @param form of predictions
 * @param signature name of the signature that the client wants
 * @param top number of classes of a prediction
 */
record Parameters(Optional<PredictionForm> form, Optional<String> signature, OptionalInt top) {

  static final Parameters NONE =
      new Parameters(Optional.empty(), Optional.empty(), OptionalInt.empty());

  private static final String OUTPUT_FORM = "output_form";
  private static final String SIGNATURE_NAME = "signature_name";
  private static final String TOP_K = "top_k";

  /**
   * Reads the object that starts with {@code start}, or null; ignores keys that it does not know,
   * and members that are null.
   */
  static Parameters read(JsonReader json, JsonToken start) {
    if (start == JsonToken.NULL) {
      return NONE;
    }
    start.require(JsonToken.OBJECT, "parameters");
    Parameters read = NONE;
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      JsonToken value = json.next();
      String place = "parameters[\"" + Shown.of(key) + "\"]";
      if (value == JsonToken.NULL) {
        continue;
      }
      switch (key) {
        case OUTPUT_FORM ->
            read =
                new Parameters(
                    Optional.of(PredictionForm.read(json, value, place)), read.signature, read.top);
        case SIGNATURE_NAME ->
            read = new Parameters(read.form, Optional.of(json.string(value, place)), read.top);
        case TOP_K ->
            read =
                new Parameters(
                    read.form, read.signature, OptionalInt.of(count(json, value, place)));
        default -> json.skip();
      }
    }
    return read;
  }

  /** The model by the signature that the client names; throws INVALID if there is none. */
  PredictionService service(ModelLease lease) {
    return lease
        .model(signature.filter(name -> !name.isEmpty()))
        .orElseThrow(
            () ->
                invalid(
                    "parameters[\"signature_name\"]: "
                        + Shown.of(signature.orElse(""))
                        + " (expected: "
                        + String.join(
                            " or ",
                            lease.signatures().stream()
                                .map(PredictionService::signatureName)
                                .toList())
                        + ")"));
  }

  /** Throws INVALID if the best classes are wanted of a model without any. */
  void requireAllowed(List<OutputSpec> outputs) {
    if (top.isPresent() && TopValues.scores(outputs) < 0) {
      throw invalid(
          "parameters[\"top_k\"]: no output of several numbers (expected: one, as of a classifier)");
    }
  }

  /** The prediction with as many classes as the client wants. */
  Prediction chosen(Prediction prediction) {
    return top.isEmpty()
        ? prediction
        : TopValues.of(prediction, TopValues.scores(prediction.outputs()), top.getAsInt());
  }

  private static int count(JsonReader json, JsonToken value, String place) {
    long count = json.wholeNumber(value, place);
    if (count < 1) {
      throw invalid(place + ": " + count + " (expected: 1 or more)");
    }
    return (int) Math.min(count, Integer.MAX_VALUE);
  }

  private static ServingException invalid(String message) {
    return new ServingException(FailureKind.INVALID, message);
  }
}
