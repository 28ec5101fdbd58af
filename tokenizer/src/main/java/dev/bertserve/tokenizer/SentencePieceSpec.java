package dev.bertserve.tokenizer;

/**
 * All options, beside the SentencePiece model, that affect ids.
 *
 * @param lowerCase whether text is NFD normalised, then stripped of Mn marks, then NFKC case folded
 *     before segmentation
 * @param rows what is added to the ids of texts, and how they are cut
 * @param ids the ids that pieces get
 */
public record SentencePieceSpec(boolean lowerCase, RowTemplate rows, PieceIds ids) {

  /** For rows of BERT's own form. */
  public SentencePieceSpec(boolean lowerCase, int startId, int endId, int sequenceLength) {
    this(lowerCase, RowTemplate.bert(startId, endId, sequenceLength), PieceIds.OWN);
  }
}
