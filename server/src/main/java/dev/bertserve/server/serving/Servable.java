package dev.bertserve.server.serving;

/**
 * A loaded model, ready to be served. Whoever serves it closes it.
 *
 * @param signatureName name of the signature that is served
 * @param signature inputs and outputs
 * @param encoding makes the rows that {@code engine} runs
 * @param engine runs the rows
 * @param maxRunners number of concurrent batches beyond which throughput does not grow
 * @param summary a few words about the model, for the log
 * @param device the device, and why it was chosen; for the log
 */
public record Servable(
    String signatureName,
    ModelSignature signature,
    RowEncoding encoding,
    Engine engine,
    int maxRunners,
    String summary,
    String device)
    implements AutoCloseable {

  @Override
  public void close() {
    engine.close();
  }
}
