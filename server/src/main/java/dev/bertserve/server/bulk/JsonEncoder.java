package dev.bertserve.server.bulk;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.NumberText;
import dev.bertserve.server.protocol.rows.PieceSink;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.rows.RowWriter;
import dev.bertserve.server.protocol.rows.RowsForm;
import dev.bertserve.server.serving.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One JSON line for each row: {@code {"instance":..,"prediction":..}}, with the keys instead of the
 * instance if there are some.
 */
final class JsonEncoder implements RowEncoder {

  private static final byte[] INSTANCE = "{\"instance\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] PREDICTION = ",\"prediction\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] END = "}\n".getBytes(StandardCharsets.UTF_8);

  private final List<KeyColumn> keys;
  private final RowsForm form;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final PieceSink sink = new PieceSink();

  JsonEncoder(List<KeyColumn> keys, PredictionForm form) {
    this.keys = keys;
    this.form = new RowsForm("", form, NumberText.SHORTEST);
  }

  @Override
  public byte[] header() {
    return new byte[0];
  }

  @Override
  public void add(List<FileRow> rows, Prediction prediction) throws IOException {
    RowWriter values = new RowWriter(prediction, form);
    for (int i = 0; i < rows.size(); i++) {
      addFirst(rows.get(i));
      lines.write(PREDICTION);
      sink.begin(lines);
      try (JsonWriter json = new JsonWriter(sink)) {
        while (!values.write(json, i, sink)) {
          sink.begin(lines);
        }
      }
      lines.write(END);
    }
  }

  /** Writes the instance, or the keys. */
  private void addFirst(FileRow row) throws IOException {
    if (keys.isEmpty()) {
      lines.write(INSTANCE);
      lines.write(row.instance().getBytes(StandardCharsets.UTF_8));
    }
    for (int i = 0; i < keys.size(); i++) {
      lines.write(i == 0 ? '{' : ',');
      lines.write(JsonText.quoted(keys.get(i).name()).getBytes(StandardCharsets.UTF_8));
      lines.write(':');
      lines.write(
          DatumText.json(keys.get(i).type(), row.keys().get(i)).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public byte[] take() {
    byte[] bytes = lines.toByteArray();
    lines.reset();
    return bytes;
  }
}
