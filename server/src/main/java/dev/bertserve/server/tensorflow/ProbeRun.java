package dev.bertserve.server.tensorflow;

import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/** A run that shows whether an engine can serve; one that throws closes the engine. */
final class ProbeRun {

  private ProbeRun() {}

  /** What {@code engine} returns for {@code rows}. */
  static List<float[]> run(Engine engine, List<TokenIds> rows) {
    try {
      return engine.runAll(TokenRow.allOf(rows));
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
