package dev.bertserve.server.cli;

import dev.bertserve.server.wiring.ModelLocation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** MODEL and the flags that say how to read it, for every command whose model is not optional. */
final class ModelArgument {

  @Parameters(index = "0", paramLabel = "MODEL", description = "A SavedModel directory.")
  private String model = "";

  @Mixin private final SignatureOption signature = new SignatureOption();

  @Mixin private final TokenizerOptions tokens = new TokenizerOptions();

  ModelLocation location() {
    return ModelLocation.of(model, signature.name(), tokens.tokenizer());
  }
}
