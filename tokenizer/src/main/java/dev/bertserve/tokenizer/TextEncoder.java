package dev.bertserve.tokenizer;

/** One text in, its ids out, without start or end. One thread. */
interface TextEncoder {

  /** Adds the ids of {@code text}, at least until {@code ids} is full. */
  void add(String text, IdBuffer ids);
}
