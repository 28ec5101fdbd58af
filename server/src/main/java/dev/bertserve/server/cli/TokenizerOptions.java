package dev.bertserve.server.cli;

import dev.bertserve.server.savedmodel.AddedTokenizer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The tokenizer flags for models that take token ids. */
final class TokenizerOptions {

  private static final String ASSETS = "assets";

  @Option(
      names = "--vocabulary",
      paramLabel = "V",
      description = {
        "For models that take token ids: tokenise as BERT does, with this vocabulary: "
            + "a file, or 'assets' for the vocabulary in the model."
      })
  private @Nullable String vocabulary;

  @Option(
      names = "--lower-case",
      arity = "1",
      paramLabel = "B",
      description = "With --vocabulary: true or false (the model's do_lower_case).")
  private @Nullable Boolean lowerCase;

  @Option(
      names = "--sequence-length",
      paramLabel = "N",
      description =
          "With --vocabulary: largest number of ids of a row (that of the model, or 128).")
  private @Nullable Integer sequenceLength;

  /** The tokenizer of the flags; empty if none was given. */
  Optional<AddedTokenizer> tokenizer() {
    if (vocabulary == null) {
      if (lowerCase != null || sequenceLength != null) {
        throw new IllegalArgumentException(
            "vocabulary: missing (expected: --vocabulary with --lower-case and --sequence-length)");
      }
      return Optional.empty();
    }
    return Optional.of(
        new AddedTokenizer(
            vocabulary.equals(ASSETS) ? Optional.empty() : Optional.of(Path.of(vocabulary)),
            Optional.ofNullable(lowerCase),
            sequenceLength == null ? OptionalInt.empty() : OptionalInt.of(sequenceLength)));
  }
}
