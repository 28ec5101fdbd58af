package dev.bertserve.server.huggingface;

import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;

/**
 * Ours, where its ids are proved to be those of Hugging Face's, which gets the other rows: texts
 * that contain an added token such as [SEP], pairs of two texts that are both too long, and pairs
 * of which a certain text is cut. Immutable; any thread.
 */
final class FastTokenizer implements Tokenizer {

  private static final int SPECIAL_IDS_OF_PAIR = 3;

  private final BertTokenizer ours;
  private final Tokenizer theirs;
  private final String[] addedTokens;
  private final int maxLength;
  private final boolean cutsLongestFirst;

  /** For a definition that is of {@code form}. */
  FastTokenizer(BertTokenizer ours, Tokenizer theirs, ProvenForm form) {
    this.ours = ours;
    this.theirs = theirs;
    this.addedTokens = form.addedTokens().toArray(new String[0]);
    this.maxLength = form.maxLength();
    this.cutsLongestFirst = form.cutsLongestFirst();
  }

  @Override
  public TokenIds tokenize(String text) {
    return hasAddedToken(text) ? theirs.tokenize(text) : ours.tokenize(text);
  }

  @Override
  public TokenIds tokenize(String first, String second) {
    if (hasAddedToken(first) || hasAddedToken(second)) {
      return theirs.tokenize(first, second);
    }
    TokenIds ids = ours.tokenize(first, second);
    return isCutOtherwise(ids) ? theirs.tokenize(first, second) : ids;
  }

  /**
   * Whether Hugging Face's may cut a pair otherwise: if both texts are too long, the longer one
   * gets the odd token, not the first.
   */
  private boolean isCutOtherwise(TokenIds ids) {
    if (ids.length() < maxLength || !cutsLongestFirst) {
      return ids.length() == maxLength;
    }
    int firstLength = ids.secondStart() - 2;
    int secondLength = ids.length() - firstLength - SPECIAL_IDS_OF_PAIR;
    return Math.abs(firstLength - secondLength) <= 1;
  }

  private boolean hasAddedToken(String text) {
    for (String token : addedTokens) {
      if (text.contains(token)) {
        return true;
      }
    }
    return false;
  }
}
