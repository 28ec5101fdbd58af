package dev.bertserve.server.preprocessing;

import dev.bertserve.tokenizer.Tokenizer;
import java.util.function.IntFunction;

/**
 * A model's tokenizer, ready to be used.
 *
 * @param tokenizer text in, ids out
 * @param vocabularySize ids are below it
 * @param isWhole whether there is none beyond them; else ids that no text gives may be missing
 * @param token the token of an id
 */
public record LoadedTokenizer(
    Tokenizer tokenizer, int vocabularySize, boolean isWhole, IntFunction<String> token) {}
