package dev.bertserve.server.bulk;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.serving.InputSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines, each a text or a JSON instance. If fields are chosen, each line is a JSON object with
 * them. Blank lines of JSON are skipped.
 */
final class LineSource implements RowSource {

  private static final String NULL = "null";

  private final FileBytes bytes;
  private final BufferedReader lines;
  private final boolean quote;
  private final RowLayout layout;
  private final List<String> fields;
  private long number;

  /** {@code quote}: lines are texts; otherwise JSON. */
  LineSource(FileBytes bytes, boolean quote, RowLayout layout) throws IOException {
    this.bytes = bytes;
    this.lines = new BufferedReader(bytes.text());
    this.quote = quote;
    this.layout = layout;
    this.fields = layout.fields();
    if (quote && (!layout.isBare() || InputSpec.required(layout.inputs()).size() > 1)) {
      throw new IllegalArgumentException(
          "format: text (expected: another one, since rows have the fields "
              + fields
              + " and the keys "
              + layout.keys()
              + ")");
    }
  }

  @Override
  public @Nullable Raw next() throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (quote) {
        return new Raw(number, JsonText.quoted(line));
      }
      if (!line.isBlank()) {
        return layout.isBare() ? new Raw(number, line.strip()) : chosen(line);
      }
    }
    return null;
  }

  private Raw chosen(String line) throws IOException {
    try (JsonReader json = new JsonReader(line.getBytes(StandardCharsets.UTF_8))) {
      if (json.next() != JsonToken.OBJECT) {
        return Raw.faulty(number, "no JSON object (expected: one a line, with the chosen fields)");
      }
      String[] values = new String[fields.size()];
      Arrays.fill(values, NULL);
      @Nullable Object[] keys = new @Nullable Object[layout.keys().size()];
      while (json.next() == JsonToken.NAME) {
        int field = fields.indexOf(json.text());
        int key = layout.keys().indexOf(json.text());
        JsonToken token = json.next();
        if (field < 0 && key < 0) {
          json.skip();
          continue;
        }
        JsonText value = JsonText.read(json, token);
        if (field >= 0) {
          values[field] = value.json();
        }
        if (key >= 0) {
          keys[key] = value.datum();
        }
      }
      json.requireEnd("");
      return new Raw(number, layout.instance(List.of(values)), RowSource.values(keys), "");
    } catch (ServingException e) {
      return Raw.faulty(number, Reason.of(e));
    }
  }

  @Override
  public List<KeyColumn> keys() {
    return layout.textKeys();
  }

  @Override
  public double share() throws IOException {
    return bytes.share();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
