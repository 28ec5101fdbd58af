package dev.bertserve.server.serving;

/**
 * A loaded model, ready to be served. Whoever serves it closes it.
 *
 * @param signature what it takes and returns
 * @param encoding makes the rows that {@code engine} runs
 * @param engine runs them
 * @param maxRunners number of concurrent batches beyond which throughput does not grow
 * @param summary for people, in a few words
 * @param device that it runs on, and why; for the log
 */
public record Servable(
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
