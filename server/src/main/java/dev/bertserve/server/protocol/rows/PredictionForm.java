package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** JSON form of a row's prediction. */
public enum PredictionForm {
  /** As TensorFlow Serving: one output as a bare tensor, several outputs as an object by name. */
  TENSOR,
  /** As {@link #TENSOR}, but an output of one value is a bare number. */
  SCALAR,
  /** Always an object by output name. */
  OBJECT;

  /** The form that a client names, in any case. */
  public static Optional<PredictionForm> named(String name) {
    String upperCase = name.toUpperCase(Locale.ROOT);
    return Arrays.stream(values()).filter(form -> form.name().equals(upperCase)).findFirst();
  }

  /**
   * The form that the string {@code value} names; throws INVALID about {@code place} for others.
   */
  public static PredictionForm read(JsonReader json, JsonToken value, String place) {
    String name = json.string(value, place);
    return named(name)
        .orElseThrow(
            () ->
                new ServingException(
                    FailureKind.INVALID,
                    place + ": " + Shown.of(name) + " (expected: tensor, scalar or object)"));
  }
}
