package dev.bertserve.server.savedmodel;

import dev.bertserve.server.text.TextProgram;

/**
 * How a model makes ids of text.
 *
 * @param program what is done to texts before
 * @param source every choice
 * @param loaded made of the source
 */
public record TokenizerFacts(TextProgram program, TokenSource source, LoadedTokenizer loaded) {}
