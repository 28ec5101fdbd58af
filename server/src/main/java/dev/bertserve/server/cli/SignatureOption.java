package dev.bertserve.server.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flag that names a signature, for every command that opens a model. */
public final class SignatureOption {

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "Signature of the model (serving_default, or the only one that takes text).")
  private @Nullable String name;

  /** Empty where the flag was not given. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }
}
