package dev.bertserve.server.serving;

import dev.bertserve.server.serving.admission.Permit;
import java.util.ArrayList;
import java.util.List;

/**
 * The outputs of one request. Its receiver closes it when they are written or dropped; until then
 * they count as in flight.
 *
 * @param rows number of rows
 * @param outputs one spec per entry of {@code values}
 * @param values one array per output, row after row, each row {@link OutputSpec#rowSize} long; may
 *     be empty without rows
 * @param permit permit of the request; owned by the prediction
 */
public record Prediction(int rows, List<OutputSpec> outputs, List<float[]> values, Permit permit)
    implements AutoCloseable {

  /** A prediction without a permit. */
  public Prediction(int rows, List<OutputSpec> outputs, List<float[]> values) {
    this(rows, outputs, values, Permit.none());
  }

  /** The same rows with the outputs at {@code indices} only, under the same permit. */
  public Prediction select(List<Integer> indices) {
    List<OutputSpec> specs = new ArrayList<>();
    List<float[]> columns = new ArrayList<>();
    for (int index : indices) {
      specs.add(outputs.get(index));
      if (rows > 0) {
        columns.add(values.get(index));
      }
    }
    return new Prediction(rows, specs, columns, permit);
  }

  /** Releases the permit; further calls do nothing. */
  @Override
  public void close() {
    permit.close();
  }
}
