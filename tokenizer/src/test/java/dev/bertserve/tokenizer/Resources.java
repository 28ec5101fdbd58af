package dev.bertserve.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.XZInputStream;

/** The test material of this module. */
final class Resources {

  private Resources() {}

  static Vocabulary vocabulary(String name) throws IOException {
    try (InputStream in = new XZInputStream(open("/vocabularies/" + name + ".xz"))) {
      return Vocabulary.of(in.readAllBytes());
    }
  }

  /** BERT's usual choices over one of the vocabularies. */
  static BertTokenizer tokenizer(String vocabulary, boolean lowerCase, int sequenceLength)
      throws IOException {
    return new BertTokenizer(vocabulary(vocabulary), spec(lowerCase, sequenceLength));
  }

  static SentencePieceModel model() throws IOException {
    try (InputStream in = new XZInputStream(open("/vocabularies/30k-clean.model.xz"))) {
      return SentencePieceModel.of(in.readAllBytes());
    }
  }

  static BertTokenizer albert(int sequenceLength) throws IOException {
    return new BertTokenizer(model(), new SentencePieceSpec(true, 2, 3, sequenceLength));
  }

  static TokenizerSpec spec(boolean lowerCase, int sequenceLength) {
    return new TokenizerSpec(lowerCase, "[UNK]", "##", 100, 101, 102, sequenceLength);
  }

  static InputStream open(String path) {
    InputStream in = Resources.class.getResourceAsStream(path);
    if (in == null) {
      throw new IllegalArgumentException("resource: " + path + " (expected: present)");
    }
    return in;
  }
}
