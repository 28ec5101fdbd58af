package dev.bertserve.server.savedmodel;

/**
 * How a model makes ids of text.
 *
 * @param source every choice
 * @param loaded made of the source
 */
public record TokenizerFacts(TokenSource source, LoadedTokenizer loaded) {}
