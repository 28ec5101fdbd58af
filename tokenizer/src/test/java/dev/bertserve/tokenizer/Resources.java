package dev.bertserve.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tukaani.xz.XZInputStream;

/** The test material of this module. */
final class Resources {

  private static final Map<String, CodepointTable> TABLES = new ConcurrentHashMap<>();

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

  /** Of {@code spec}; the fast operations have the rules of TensorFlow Text 2.18. */
  static BertTokenizer tokenizer(Vocabulary vocabulary, TokenizerSpec spec) {
    return spec.operations() == TokenizerSpec.Operations.FAST
        ? tokenizer(vocabulary, spec, "")
        : new BertTokenizer(vocabulary, spec);
  }

  /** The same by the rules of {@code version}, such as _221. */
  static BertTokenizer tokenizer(Vocabulary vocabulary, TokenizerSpec spec, String version) {
    return new BertTokenizer(vocabulary, spec, fast(spec.lowerCase(), version));
  }

  /** How the fast operations see each code point by the rules of {@code version}. */
  static CodepointTable fast(boolean lowerCase, String version) {
    return TABLES.computeIfAbsent(
        lowerCase + version,
        key -> normalizer(lowerCase, version).table(words("plain" + version).punctuation()));
  }

  /** Versions keep text alike. */
  private static FastNormalizerModel normalizer(boolean lowerCase, String version) {
    return FastNormalizerModel.of(compiled(lowerCase ? "lower" + version : "kept"));
  }

  static FastWordPieceModel words(String name) {
    return FastWordPieceModel.of(compiled(name));
  }

  /** What make_fast_models.py compiled. */
  static byte[] compiled(String name) {
    try (InputStream in = new XZInputStream(open("/fast/" + name + ".fb.xz"))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
