package dev.bertserve.tokenizer;

/** One text in, its ids out, without start or end. One thread. */
interface TextEncoder {

  /**
   * Adds the ids of {@code text} until {@code ids} is full; reads the text no further than that.
   */
  void add(String text, IdBuffer ids);
}
