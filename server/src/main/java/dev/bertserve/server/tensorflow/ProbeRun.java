package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.Engine;
import java.util.List;

/** A run that shows whether an engine can serve; one that throws closes the engine. */
final class ProbeRun {

  private ProbeRun() {}

  /** What {@code engine} returns for {@code rows}. */
  static <R> List<float[]> run(Engine<R> engine, List<R> rows) {
    try {
      return engine.run(rows);
    } catch (RuntimeException | Error e) {
      try {
        engine.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }
}
