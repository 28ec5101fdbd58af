package dev.bertserve.benchmarks.micro;

import ai.djl.sentencepiece.SpTokenizer;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.SentencePieceModel;
import dev.bertserve.tokenizer.SentencePieceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.ToIntFunction;

/** Implementations of SentencePiece; each returns its number of ids. */
public enum SentencePieceRival {
  /** The complete preprocessing of ALBERT. */
  BERTSERVE {
    @Override
    ToIntFunction<String> open(Path model) throws IOException {
      return tokenizer(model, true);
    }
  },

  /** Without lower-casing: the same work as the native binding does. */
  BERTSERVE_KEPT {
    @Override
    ToIntFunction<String> open(Path model) throws IOException {
      return tokenizer(model, false);
    }
  },

  DJL {
    @Override
    ToIntFunction<String> open(Path model) throws IOException {
      SpTokenizer tokenizer = new SpTokenizer(model);
      return text -> tokenizer.getProcessor().encode(text).length;
    }
  };

  abstract ToIntFunction<String> open(Path model) throws IOException;

  private static ToIntFunction<String> tokenizer(Path model, boolean lowerCase) throws IOException {
    SentencePieceSpec spec = new SentencePieceSpec(lowerCase, 2, 3, 1 << 16);
    BertTokenizer tokenizer = new BertTokenizer(SentencePieceModel.read(model), spec);
    return text -> tokenizer.tokenize(text).length();
  }
}
