package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.InstanceReader;
import dev.bertserve.server.protocol.rows.InstanceRules;
import dev.bertserve.server.protocol.rows.RowFault;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.InputSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code {"instances": [...]}} or {@code {"inputs": ...}}. One body, one thread. */
final class PredictReader {

  private static final String INSTANCES = "instances";
  private static final String INPUTS = "inputs";
  private static final InstanceRules RULES = new InstanceRules(INSTANCES, false);

  private final JsonReader json;
  private final List<InputSpec> inputs;
  private final int maxRows;

  private Optional<String> signature = Optional.empty();
  private @Nullable RowList instances;
  private @Nullable RowList columns;

  private PredictReader(JsonReader json, List<InputSpec> inputs, int maxRows) {
    this.json = json;
    this.inputs = inputs;
    this.maxRows = maxRows;
  }

  /**
   * Returns the rows, each with its texts in the order of {@code inputs}. Throws INVALID for a
   * malformed body, and TOO_LARGE as soon as there are more than {@code maxRows} rows.
   */
  static PredictBody read(byte[] body, List<InputSpec> inputs, int maxRows) {
    try (JsonReader json = TfBody.open(body)) {
      return new PredictReader(json, inputs, maxRows).document();
    }
  }

  private PredictBody document() {
    TfBody.members(json, this::member);
    RowList byRow = instances;
    RowList byColumn = columns;
    if (byRow != null && byColumn != null) {
      throw TfBody.invalid(
          "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist");
    }
    if (byRow != null && byRow.size() == 0) {
      throw TfBody.invalid("No values in 'instances' array");
    }
    if (byRow != null) {
      return new PredictBody(signature, byRow, false);
    }
    if (byColumn != null) {
      return new PredictBody(signature, byColumn, true);
    }
    throw TfBody.invalid("Missing 'inputs' or 'instances' key");
  }

  private void member(String key, JsonToken value) {
    switch (key) {
      case TfBody.SIGNATURE -> signature = Optional.of(TfBody.signature(json, value));
      case INSTANCES -> instances = instances(value);
      case INPUTS -> columns = new ColumnsReader(json, inputs, maxRows).read(value);
      default -> json.skip();
    }
  }

  private RowList instances(JsonToken start) {
    if (start != JsonToken.ARRAY) {
      throw TfBody.invalid("Expecting 'instances' to be an list/array");
    }
    InstanceReader reader = new InstanceReader(json, inputs, RULES);
    try {
      return reader.list(start, maxRows);
    } catch (RowFault e) {
      throw TfFaults.instance(e, reader, inputs);
    }
  }
}
