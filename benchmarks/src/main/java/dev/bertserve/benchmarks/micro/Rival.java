package dev.bertserve.benchmarks.micro;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenizerSpec;
import dev.bertserve.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Tokenizers; each returns its number of ids of a text. */
public enum Rival {
  BERTSERVE {
    @Override
    ToIntFunction<String> open(Path vocabulary) throws IOException {
      TokenizerSpec spec = new TokenizerSpec(true, "[UNK]", "##", 100, 101, 102, 128);
      BertTokenizer tokenizer = new BertTokenizer(Vocabulary.read(vocabulary), spec);
      return text -> tokenizer.tokenize(text).length();
    }
  },

  DJL {
    @Override
    ToIntFunction<String> open(Path vocabulary) throws IOException {
      Path json = TokenizerJson.of(vocabulary);
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.newInstance(
              json, Map.of("maxLength", "128", "truncation", "true", "padding", "false"));
      return text -> tokenizer.encode(text).getIds().length;
    }
  };

  abstract ToIntFunction<String> open(Path vocabulary) throws IOException;
}
