package dev.bertserve.server.tensorflow.prepare;

import dev.bertserve.tokenizer.TokenizerSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * How a model makes ids of text, read from its own ops.
 *
 * @param textInputs names of the signature's text inputs, first segment first
 * @param vocabulary the file, under the model's assets
 * @param spec every other choice
 */
public record TokenizerFacts(List<String> textInputs, Path vocabulary, TokenizerSpec spec) {

  public TokenizerFacts {
    textInputs = List.copyOf(textInputs);
  }
}
