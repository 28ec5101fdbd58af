package dev.bertserve.server.cli;

import dev.bertserve.server.wiring.LocalModel;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** MODEL and the flags that say how to read it, for every command whose model is not optional. */
final class ModelArgument {

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A SavedModel directory, or gs://bucket/folder.")
  private String model = "";

  @Mixin private final SignatureOption signature = new SignatureOption();

  @Mixin private final TokenizerOptions tokens = new TokenizerOptions();

  ModelLocation location() {
    if (model.isEmpty()) {
      // Such as an unset variable of a script; serve alone has a model of its own
      throw new IllegalArgumentException(
          "model: empty (expected: a SavedModel directory, or gs://bucket/folder)");
    }
    return ModelLocation.of(model, signature.name(), tokens.tokenizer());
  }

  /** The model; one in a bucket is downloaded until it is closed. */
  LocalModel open() throws IOException {
    return LocalModel.of(location(), System.err::println);
  }
}
