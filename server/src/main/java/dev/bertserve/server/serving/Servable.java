package dev.bertserve.server.serving;

import java.util.List;

/**
 * A loaded model, ready to be served. Whoever serves it closes it.
 *
 * @param signatures what callers may name; the first is used where they name none
 * @param encoding makes the rows that {@code engine} runs
 * @param engine runs the rows
 * @param maxRunners number of concurrent batches beyond which throughput does not grow
 * @param summary a few words about the model, for the log
 * @param device the device, and why it was chosen; for the log
 */
public record Servable(
    List<NamedSignature> signatures,
    RowEncoding encoding,
    Engine engine,
    int maxRunners,
    String summary,
    String device)
    implements AutoCloseable {

  public Servable {
    signatures = List.copyOf(signatures);
  }

  /** The signature that is used where callers name none. */
  public ModelSignature signature() {
    return signatures.get(0).signature();
  }

  @Override
  public void close() {
    engine.close();
  }
}
