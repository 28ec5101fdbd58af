package dev.bertserve.server.serving;

import dev.bertserve.server.serving.admission.Permit;
import java.util.List;

/**
 * The answers to one request. Who gets it closes it once the answers are written, or will not be:
 * until then they count as in flight.
 *
 * @param rows number of rows
 * @param outputs what each of {@code values} is
 * @param values one array an output, row after row, each row {@link OutputSpec#rowSize} long
 * @param permit what the answers hold of the gate; owned by the prediction
 */
public record Prediction(int rows, List<OutputSpec> outputs, List<float[]> values, Permit permit)
    implements AutoCloseable {

  /** Answers that hold nothing of the gate. */
  public Prediction(int rows, List<OutputSpec> outputs, List<float[]> values) {
    this(rows, outputs, values, Permit.none());
  }

  /** Leaves the gate; further calls do nothing. */
  @Override
  public void close() {
    permit.close();
  }
}
