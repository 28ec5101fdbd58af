package dev.bertserve.tokenizer;

/**
 * Parts one text at a time into the pieces of a SentencePiece model, and reads no more of the text
 * than its ids need. One thread.
 */
final class SentenceSplitter implements TextEncoder {

  private final SentenceNormalizer normalizer;
  private final SentencePieces pieces;
  private final PieceIds ids;

  SentenceSplitter(SentencePieceModel model, SentencePieceSpec spec) {
    this.ids = spec.ids();
    this.normalizer = new SentenceNormalizer(model, new StrippedText(spec.lowerCase()));
    this.pieces = new SentencePieces(model);
  }

  @Override
  public void add(String text, IdBuffer found) {
    normalizer.open(text);
    pieces.add(normalizer, found);
    if (!ids.equals(PieceIds.OWN)) {
      found.replaceBy(ids);
    }
    normalizer.open(""); // lets go of the text
  }
}
