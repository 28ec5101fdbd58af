package dev.bertserve.server.huggingface;

import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.util.List;

/**
 * Ours, where its ids are proved to be those of Hugging Face's, which gets the other rows: texts
 * that contain an added token such as [SEP], and pairs of two texts that are both too long.
 * Immutable; any thread.
 */
final class FastTokenizer implements Tokenizer {

  private static final int SPECIAL_IDS_OF_PAIR = 3;

  private final BertTokenizer ours;
  private final Tokenizer theirs;
  private final String[] addedTokens;
  private final int maxLength;

  FastTokenizer(BertTokenizer ours, Tokenizer theirs, List<String> addedTokens, int maxLength) {
    this.ours = ours;
    this.theirs = theirs;
    this.addedTokens = addedTokens.toArray(new String[0]);
    this.maxLength = maxLength;
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
    return isCutInHalves(ids) ? theirs.tokenize(first, second) : ids;
  }

  /**
   * Whether both texts may have been cut: then the longer one gets the odd token, not the first.
   */
  private boolean isCutInHalves(TokenIds ids) {
    int firstLength = ids.secondStart() - 2;
    int secondLength = ids.length() - firstLength - SPECIAL_IDS_OF_PAIR;
    return ids.length() == maxLength && Math.abs(firstLength - secondLength) <= 1;
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
