package dev.bertserve.server;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.RowEncoding;
import dev.bertserve.server.inference.TextEncoding;
import dev.bertserve.server.tensorflow.OriginalModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A SavedModel's graph as it stands, ready to run: texts in. */
record LoadedOriginal(OriginalModel original) implements ServedModel<List<String>> {

  static LoadedOriginal load(ModelLocation location, List<Path> opLibraries, int threadsPerRun)
      throws IOException {
    return new LoadedOriginal(
        OriginalModel.open(
            location.modelFolder(), location.signature(), opLibraries, threadsPerRun));
  }

  @Override
  public ModelSignature signature() {
    return original.signature();
  }

  @Override
  public RowEncoding<List<String>> encoding() {
    return new TextEncoding();
  }

  @Override
  public Engine<List<String>> engine() {
    return original;
  }

  @Override
  public String summary() {
    return "the original graph";
  }

  @Override
  public int mostRunners() {
    return original.mostRunners();
  }

  @Override
  public String device() {
    return original.device();
  }
}
