package dev.bertserve.server.cli;

import dev.bertserve.server.savedmodel.AddedTokenizer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that make a model that takes token ids take text, for every command that opens one. */
final class TokenizerOptions {

  private static final String ASSETS = "assets";

  @Option(
      names = "--vocabulary",
      paramLabel = "V",
      description = {
        "For a model that takes token ids: tokenise as BERT does, with this vocabulary,",
        "a file, or 'assets' for the one that the model carries."
      })
  private @Nullable String vocabulary;

  @Option(
      names = "--lower-case",
      arity = "1",
      paramLabel = "B",
      description = "With --vocabulary: true or false (what the model's do_lower_case says).")
  private @Nullable Boolean lowerCase;

  @Option(
      names = "--sequence-length",
      paramLabel = "N",
      description = "With --vocabulary: most ids of a row (the model's own, or else 128).")
  private @Nullable Integer sequenceLength;

  /** What was said of the tokenizer; empty for a model that takes text. */
  Optional<AddedTokenizer> tokenizer() {
    if (vocabulary == null) {
      if (lowerCase != null || sequenceLength != null) {
        throw new IllegalArgumentException(
            "vocabulary: left out (expected: --vocabulary with --lower-case and --sequence-length)");
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
