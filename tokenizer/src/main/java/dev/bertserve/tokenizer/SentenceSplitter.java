package dev.bertserve.tokenizer;

/** Parts one text at a time into the pieces of a SentencePiece model. One thread. */
final class SentenceSplitter implements TextEncoder {

  private final StrippedText stripped;
  private final SentenceNormalizer normalizer;
  private final SentencePieces pieces;

  SentenceSplitter(SentencePieceModel model, boolean lowerCase) {
    this.stripped = new StrippedText(lowerCase);
    this.normalizer = new SentenceNormalizer(model);
    this.pieces = new SentencePieces(model);
  }

  @Override
  public void add(String text, IdBuffer ids) {
    pieces.add(normalizer.of(stripped.of(text)), ids);
  }
}
