package dev.bertserve.server.preprocessing;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.FastWordPieceModel;
import dev.bertserve.tokenizer.PieceIds;
import dev.bertserve.tokenizer.RowTemplate;
import dev.bertserve.tokenizer.SentencePieceSpec;
import dev.bertserve.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the text half of a graph how it makes ids of text. Walks from the op that pads the ids
 * back to the text; an op or a value that it does not know is an error that names it.
 */
final class TokenizerReader {

  private final Tables tables;
  private final TextProgramReader program;

  /** {@code program} reads what comes before. */
  TokenizerReader(Tables tables, TextProgramReader program) {
    this.tables = tables;
    this.program = program;
  }

  /**
   * The texts and their tokenizer, of what pads ids and types to [rows, length].
   *
   * @param paddingId that the encoder tells from tokens
   */
  TextReading read(GraphNode packing, @Nullable GraphNode packingOfTypes, int paddingId)
      throws IOException {
    Expected.value(packing, "padding id", Constants.integer(packing.input(2)), paddingId);
    RowParts parts = RowParts.of(packing);
    if (packingOfTypes != null) {
      SegmentIds.check(packingOfTypes, parts.types());
    }
    List<Trimming> trimmings = parts.trimmings();
    RowTemplate rows = parts.template(trimmings, PaddedLength.of(packing));
    List<Segment> texts = new ArrayList<>();
    for (Trimming trimming : trimmings) {
      texts.add(segment(trimming, rows));
    }
    Segment first = texts.get(0);
    for (Segment text : texts) {
      if (!text.source().equals(first.source())) {
        throw TextRefusal.of(packing, "texts tokenised in two ways", "one tokenizer");
      }
    }
    return new TextReading(texts.stream().map(Segment::text).toList(), first.source());
  }

  private Segment segment(Trimming trimming, RowTemplate rows) throws IOException {
    GraphNode ids = found(trimming.ids().node());
    return switch (ids.op()) {
      case "LookupTableFindV2" -> {
        trimming.requireRowsOf(Shaping.through(ids.input(1)).node(), true);
        yield BytePairReader.isBytePair(ids) ? bytePair(ids, rows) : wordPiece(ids, rows);
      }
      case "SentencepieceTokenizeOp" -> {
        trimming.requireRowsOf(ids, false);
        yield sentencePiece(ids, rows, PieceIds.OWN);
      }
      case "AddV2" -> {
        ShiftedPieces pieces = ShiftedPieces.read(ids);
        trimming.requireRowsOf(pieces.tokenize(), false);
        yield sentencePiece(pieces.tokenize(), rows, pieces.ids());
      }
      case "FastWordpieceTokenizeWithOffsets" -> {
        FastWordPieceModel words = compiled(ids);
        trimming.requireRowsOf(ids, !words.takesTexts());
        yield fastWordPiece(ids, words, rows);
      }
      default ->
          throw TextRefusal.of(
              ids,
              ids.op(),
              "LookupTableFindV2, FastWordpieceTokenizeWithOffsets or SentencepieceTokenizeOp");
    };
  }

  /**
   * The lookup whose ids {@code ids} has. A table with buckets for other tokens than its own never
   * uses them, since the unknown token is in it too.
   */
  private static GraphNode found(GraphNode ids) {
    if (!ids.is("SelectV2") || !ids.input(0).node().is("NotEqual")) {
      return ids;
    }
    NodeOutput found = ids.input(1);
    return ids.input(0).node().input(0).equals(found) ? Shaping.through(found).node() : ids;
  }

  private Segment bytePair(GraphNode lookup, RowTemplate rows) throws IOException {
    BytePairReader.Reading reading =
        new BytePairReader(new BytePairTables(tables)).read(lookup, rows);
    return new Segment(program.ofWholeCharacters(reading.text()), reading.source());
  }

  private Segment wordPiece(GraphNode lookup, RowTemplate rows) throws IOException {
    GraphNode wordpiece = Shaping.through(lookup.input(1)).node();
    Expected.op(wordpiece, "WordpieceTokenizeWithOffsets");
    VocabularyLines vocabulary = tables.vocabularyOf(lookup.input(0).node());
    GraphNode own = wordpiece.input(1).node();
    if (own != lookup.input(0).node()
        && !tables.vocabularyOf(own).lines().equals(vocabulary.lines())) {
      throw TextRefusal.of(
          wordpiece, "a second vocabulary", "that of the table that gives the ids");
    }
    Expected.value(wordpiece, "use_unknown_token", wordpiece.flag("use_unknown_token") ? 1 : 0, 1);
    Expected.value(
        wordpiece,
        "split_unknown_characters",
        wordpiece.flag("split_unknown_characters") ? 1 : 0,
        0);
    Expected.value(wordpiece, "max_chars_per_token", wordpiece.number("max_chars_per_token"), 0);

    Splitting splitting = classicSplitting(Shaping.through(wordpiece.input(0)).node());
    TokenizerSpec spec =
        new TokenizerSpec(
            splitting.lowerCase(),
            wordpiece.attribute("unknown_token").getS().toStringUtf8(),
            wordpiece.attribute("suffix_indicator").getS().toStringUtf8(),
            Math.toIntExact(wordpiece.number("max_bytes_per_word")),
            rows,
            splitting.operations(),
            splitting.wholeWords());
    return new Segment(
        value(splitting.text(), splitting.lowerCase()),
        new TokenSource.WordPiece(vocabulary, spec));
  }

  private static Splitting classicSplitting(GraphNode split) {
    if (WordSplitting.isAtSpaces(split)) {
      return WordSplitting.atSpaces(split);
    }
    Expected.op(split, "RegexSplitWithOffsets");
    WordSplitting.check(split);
    Normalization normalization =
        Normalization.read(split.input(0), Normalization.Family.WORDPIECE);
    return new Splitting(
        normalization.text(),
        normalization.lowerCase(),
        TokenizerSpec.Operations.CLASSIC,
        List.of());
  }

  private int value(NodeOutput text, boolean lowerCase) {
    return lowerCase ? program.decoded(text) : program.value(text);
  }

  private static FastWordPieceModel compiled(GraphNode tokenize) {
    try {
      return FastWordPieceModel.of(Constants.bytes(tokenize.input(1)).toByteArray());
    } catch (IllegalArgumentException e) {
      throw TextRefusal.of("node " + tokenize.name() + ": " + e.getMessage());
    }
  }

  private Segment fastWordPiece(GraphNode tokenize, FastWordPieceModel words, RowTemplate rows) {
    NodeOutput text = Shaping.through(tokenize.input(0));
    boolean normalized = words.takesTexts() && text.node().is("FastBertNormalize");
    ByteString normalizer = normalized ? Constants.bytes(text.node().input(1)) : ByteString.EMPTY;
    try {
      Splitting splitting =
          words.takesTexts()
              ? new Splitting(
                  normalized ? text.node().input(0) : text,
                  TokenSource.FastWordPiece.rules(normalizer).lowerCase(),
                  TokenizerSpec.Operations.FAST,
                  List.of())
              : WordSplitting.read(tokenize);
      TokenizerSpec spec =
          new TokenizerSpec(
              splitting.lowerCase(),
              words.unknownToken(),
              words.suffixIndicator(),
              words.maxBytesPerWord(),
              rows,
              splitting.operations(),
              splitting.wholeWords());
      boolean asItIs = words.takesTexts() && !normalized;
      return new Segment(
          asItIs ? program.ofWholeCharacters(text) : program.value(splitting.text()),
          new TokenSource.FastWordPiece(Constants.bytes(tokenize.input(1)), normalizer, spec));
    } catch (IllegalArgumentException e) {
      throw TextRefusal.of("node " + tokenize.name() + ": " + e.getMessage());
    }
  }

  private Segment sentencePiece(GraphNode tokenize, RowTemplate rows, PieceIds ids) {
    GraphNode model = tokenize.input(0).node();
    Expected.op(model, "SentencepieceOp");
    Expected.value(tokenize, "nbest_size", Constants.integer(tokenize.input(2)), 0);
    Expected.value(tokenize, "add_bos", Constants.integer(tokenize.input(4)), 0);
    Expected.value(tokenize, "add_eos", Constants.integer(tokenize.input(5)), 0);
    Expected.value(tokenize, "reverse", Constants.integer(tokenize.input(6)), 0);
    Expected.value(tokenize, "return_nbest", tokenize.flag("return_nbest") ? 1 : 0, 0);
    Normalization normalization =
        Normalization.read(tokenize.input(1), Normalization.Family.SENTENCEPIECE);
    SentencePieceSpec spec = new SentencePieceSpec(normalization.lowerCase(), rows, ids);
    return new Segment(
        value(normalization.text(), normalization.lowerCase()),
        new TokenSource.SentencePiece(model.attribute("model").getS(), spec));
  }

  /**
   * What was read.
   *
   * @param segments the values of the program that are tokenised
   * @param source every choice of the tokenizer
   */
  record TextReading(List<Integer> segments, TokenSource source) {}

  /** {@code text} is a value of the program. */
  private record Segment(int text, TokenSource source) {}

  /**
   * How a text becomes normalised words.
   *
   * @param text the text before that
   * @param lowerCase whether it is case folded
   * @param operations which ops do it
   * @param wholeWords texts that are words wherever they stand
   */
  record Splitting(
      NodeOutput text,
      boolean lowerCase,
      TokenizerSpec.Operations operations,
      List<String> wholeWords) {}
}
