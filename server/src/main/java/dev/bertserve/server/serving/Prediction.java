package dev.bertserve.server.serving;

import dev.bertserve.server.serving.admission.Permit;
import java.util.List;
import java.util.function.Function;

/**
 * The outputs of one request. Its receiver closes it when they are written or dropped; until then
 * they count as in flight.
 *
 * @param rows number of rows
 * @param outputs one spec per entry of {@code values}
 * @param values one column per output, each row {@link OutputSpec#rowSize} long
 * @param permit permit of the request; owned by the prediction
 */
public record Prediction(int rows, List<OutputSpec> outputs, List<Column> values, Permit permit)
    implements AutoCloseable {

  /** A prediction without a permit. */
  public Prediction(int rows, List<OutputSpec> outputs, List<Column> values) {
    this(rows, outputs, values, Permit.none());
  }

  /** The prediction for a request without rows. */
  public static Prediction empty(ModelSignature signature) {
    List<OutputSpec> outputs = signature.outputs();
    return new Prediction(0, outputs, outputs.stream().map(output -> output.column(0)).toList());
  }

  /** The same rows with output {@code index} only, under the same permit. */
  public Prediction select(int index) {
    return new Prediction(rows, List.of(outputs.get(index)), List.of(values.get(index)), permit);
  }

  /** Returns what {@code owner} makes of this prediction; closes it if {@code owner} throws. */
  public <T> T handTo(Function<Prediction, T> owner) {
    try {
      return owner.apply(this);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Releases the permit; further calls do nothing. */
  @Override
  public void close() {
    permit.close();
  }
}
