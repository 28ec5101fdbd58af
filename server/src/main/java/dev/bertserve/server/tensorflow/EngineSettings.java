package dev.bertserve.server.tensorflow;

/**
 * How a session uses the machine.
 *
 * @param threadsPerRun threads that work on one op of one batch
 */
public record EngineSettings(int threadsPerRun) {

  public EngineSettings {
    if (threadsPerRun < 1) {
      throw new IllegalArgumentException("threadsPerRun: " + threadsPerRun + " (expected: >= 1)");
    }
  }
}
