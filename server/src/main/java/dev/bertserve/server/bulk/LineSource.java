package dev.bertserve.server.bulk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** Lines, each a text or a JSON instance. Blank lines of JSON are skipped. */
final class LineSource implements RowSource {

  private final BufferedReader lines;
  private final boolean quote;
  private long number;

  /** {@code quote}: lines are texts; otherwise JSON. */
  LineSource(Reader text, boolean quote) {
    this.lines = new BufferedReader(text);
    this.quote = quote;
  }

  @Override
  public @Nullable Raw next() throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (quote) {
        return new Raw(number, JsonText.quoted(line));
      }
      if (!line.isBlank()) {
        return new Raw(number, line.strip());
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
