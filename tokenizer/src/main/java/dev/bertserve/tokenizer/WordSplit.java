package dev.bertserve.tokenizer;

import java.util.stream.Stream;

/** Cuts texts into words. Immutable; any thread. */
@FunctionalInterface
public interface WordSplit {

  /** The words of {@code text}, in UTF-8, in order; cut as they are asked for. */
  Stream<byte[]> words(String text);
}
