package dev.bertserve.server.tensorflow.prepare;

import java.util.List;

/**
 * How a model makes ids of text, read from its own ops.
 *
 * @param textInputs names of the signature's text inputs, first segment first
 * @param source every choice
 */
public record TokenizerFacts(List<String> textInputs, TokenSource source) {

  public TokenizerFacts {
    textInputs = List.copyOf(textInputs);
  }
}
