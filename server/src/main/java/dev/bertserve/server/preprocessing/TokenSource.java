package dev.bertserve.server.preprocessing;

import com.google.protobuf.ByteString;
import dev.bertserve.server.huggingface.HuggingFaceTokenizer;
import dev.bertserve.server.huggingface.TokenizerDefinition;
import dev.bertserve.server.text.PatternSplit;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.BytePairModel;
import dev.bertserve.tokenizer.FastNormalizerModel;
import dev.bertserve.tokenizer.FastWordPieceModel;
import dev.bertserve.tokenizer.PieceIds;
import dev.bertserve.tokenizer.RowTemplate;
import dev.bertserve.tokenizer.SentencePieceModel;
import dev.bertserve.tokenizer.SentencePieceSpec;
import dev.bertserve.tokenizer.TokenizerSpec;
import dev.bertserve.tokenizer.Vocabulary;
import java.util.List;

/** Which tokens a model knows, and every choice in cutting text into them. */
public sealed interface TokenSource {

  /** Name of the kind, for people. */
  String kind();

  /** Where the tokens lie, for people. */
  default String place() {
    return VocabularyLines.IN_THE_GRAPH;
  }

  /** Whether text is case folded and stripped of marks. */
  boolean lowerCase();

  /** Most ids of one row. */
  int sequenceLength();

  /** Reads the tokens. */
  LoadedTokenizer load();

  /**
   * Words cut greedily into pieces.
   *
   * @param vocabulary the tokens and where they lie
   * @param spec every other choice
   */
  record WordPiece(VocabularyLines vocabulary, TokenizerSpec spec) implements TokenSource {

    @Override
    public String place() {
      return vocabulary.place();
    }

    @Override
    public String kind() {
      return "WordPiece";
    }

    @Override
    public boolean lowerCase() {
      return spec.lowerCase();
    }

    @Override
    public int sequenceLength() {
      return spec.rows().sequenceLength();
    }

    @Override
    public LoadedTokenizer load() {
      Vocabulary tokens = Vocabulary.of(vocabulary.lines().toByteArray());
      return new LoadedTokenizer(
          new BertTokenizer(tokens, spec), tokens.size(), true, tokens::token);
    }
  }

  /**
   * The same, of a compiled vocabulary.
   *
   * @param model the bytes that FastWordpieceTokenizer reads
   * @param normalizer the bytes that FastBertNormalizer reads; empty if there is none
   * @param spec every other choice
   */
  record FastWordPiece(ByteString model, ByteString normalizer, TokenizerSpec spec)
      implements TokenSource {

    @Override
    public String kind() {
      return "FastWordPiece";
    }

    @Override
    public boolean lowerCase() {
      return spec.lowerCase();
    }

    @Override
    public int sequenceLength() {
      return spec.rows().sequenceLength();
    }

    @Override
    public LoadedTokenizer load() {
      FastWordPieceModel compiled = FastWordPieceModel.of(model.toByteArray());
      Vocabulary tokens = compiled.vocabulary();
      BertTokenizer tokenizer =
          compiled.takesTexts()
              ? new BertTokenizer(tokens, spec, compiled, rules(normalizer))
              : new BertTokenizer(tokens, spec);
      return new LoadedTokenizer(
          tokenizer, tokens.size(), compiled.namesEveryToken(), tokens::token);
    }

    /** The rules in the bytes of a normalizer; without any, nothing is changed. */
    static FastNormalizerModel rules(ByteString normalizer) {
      return normalizer.isEmpty()
          ? FastNormalizerModel.NONE
          : FastNormalizerModel.of(normalizer.toByteArray());
    }
  }

  /**
   * Text cut into the likeliest pieces.
   *
   * @param model the bytes of SentencePiece's .model file
   * @param spec every other choice
   */
  record SentencePiece(ByteString model, SentencePieceSpec spec) implements TokenSource {

    @Override
    public String kind() {
      return "SentencePiece";
    }

    @Override
    public boolean lowerCase() {
      return spec.lowerCase();
    }

    @Override
    public int sequenceLength() {
      return spec.rows().sequenceLength();
    }

    @Override
    public LoadedTokenizer load() {
      SentencePieceModel pieces = SentencePieceModel.of(model.toByteArray());
      BertTokenizer tokenizer = new BertTokenizer(pieces, spec);
      PieceIds ids = spec.ids();
      return ids.equals(PieceIds.OWN)
          ? new LoadedTokenizer(tokenizer, pieces.size(), true, pieces::token)
          : new LoadedTokenizer(
              tokenizer, pieces.size() + ids.shift(), false, id -> pieces.token(id, ids));
    }
  }

  /**
   * Bytes that are merged.
   *
   * @param tokens the token of each id; empty if there is none
   * @param merges pairs of tokens, those that are merged first first
   * @param split cuts text into words
   * @param wholeWords words that are not merged
   * @param rows what is added to the ids of texts, and how they are cut
   */
  record BytePair(
      List<String> tokens,
      List<String> merges,
      PatternSplit split,
      List<String> wholeWords,
      RowTemplate rows)
      implements TokenSource {

    @Override
    public String kind() {
      return "BytePair";
    }

    @Override
    public boolean lowerCase() {
      return false;
    }

    @Override
    public int sequenceLength() {
      return rows.sequenceLength();
    }

    @Override
    public LoadedTokenizer load() {
      BytePairModel model = BytePairModel.of(tokens, merges, wholeWords);
      return new LoadedTokenizer(
          new BertTokenizer(model, split, rows), model.size(), false, model::token);
    }
  }

  /**
   * What the files of a Hugging Face tokenizer define.
   *
   * @param definition every choice, the tokens included
   * @param place where it was found, for people
   * @param sequenceLength most ids of one row, padding included
   */
  record HuggingFace(TokenizerDefinition definition, String place, int sequenceLength)
      implements TokenSource {

    public static final String KIND = "Hugging Face ";

    @Override
    public String kind() {
      return KIND + definition.model();
    }

    @Override
    public boolean lowerCase() {
      return definition.lowerCase();
    }

    /** Whose code makes the ids, and why. */
    public String choice() {
      return HuggingFaceTokenizer.choice(definition);
    }

    @Override
    public LoadedTokenizer load() {
      return new LoadedTokenizer(
          HuggingFaceTokenizer.open(definition),
          definition.vocabularySize(),
          false,
          definition::token);
    }
  }
}
