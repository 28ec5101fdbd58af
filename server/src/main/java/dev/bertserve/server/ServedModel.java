package dev.bertserve.server;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.RowEncoding;
import dev.bertserve.server.tensorflow.prepare.Pace;
import java.io.IOException;

/** A model ready to run; {@code R} is what its rows hold. */
interface ServedModel<R> extends AutoCloseable {

  /** Opens a model. */
  interface Loader<R> {
    ServedModel<R> load(ModelLocation location) throws IOException;
  }

  ModelSignature signature();

  RowEncoding<R> encoding();

  Engine<R> engine();

  /** What people want to know of it, in a few words. */
  String summary();

  /** Batches side by side of which more gain nothing. */
  int mostRunners();

  /** What it runs on, and why on that; for the log. */
  String device();

  /** Writes what makes the next start shorter; ends early when interrupted, and never throws. */
  default void keep(Pace pace) {}

  @Override
  default void close() {
    engine().close();
  }
}
