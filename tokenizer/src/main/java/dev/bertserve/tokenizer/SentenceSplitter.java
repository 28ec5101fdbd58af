package dev.bertserve.tokenizer;

/**
 * Parts one text at a time into the pieces of a SentencePiece model, and reads no more of the text
 * than its ids need. One thread.
 */
final class SentenceSplitter implements TextEncoder {

  private final SentenceNormalizer normalizer;
  private final SentencePieces pieces;

  SentenceSplitter(SentencePieceModel model, boolean lowerCase) {
    this.normalizer = new SentenceNormalizer(model, new StrippedText(lowerCase));
    this.pieces = new SentencePieces(model);
  }

  @Override
  public void add(String text, IdBuffer ids) {
    normalizer.open(text);
    pieces.add(normalizer, ids);
    normalizer.open(""); // lets go of the text
  }
}
