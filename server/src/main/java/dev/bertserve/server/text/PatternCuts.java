package dev.bertserve.server.text;

import com.google.re2j.Matcher;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The parts of a text before, in and after each match of a pattern. One thread. */
final class PatternCuts implements Iterator<byte[]> {

  private final byte[] bytes;
  private final String text;
  private final int marker;
  private final Matcher matcher;
  private final MatchStart start;

  private int at;
  private int byteAt;

  /** The next match; at the end of the text if there is none. */
  private int begin;

  private int end;

  /**
   * Cuts {@code bytes}, which the text of {@code matcher} is.
   *
   * @param marker stands for a stray byte in {@code text}
   */
  PatternCuts(byte[] bytes, String text, int marker, Matcher matcher, MatchStart start) {
    this.bytes = bytes;
    this.text = text;
    this.marker = marker;
    this.matcher = matcher;
    this.start = start;
    find();
  }

  private void find() {
    int from = start.next(text, at);
    boolean found = from < text.length() && matcher.find(from);
    begin = found ? matcher.start() : text.length();
    end = found ? matcher.end() : text.length();
  }

  @Override
  public boolean hasNext() {
    return at < text.length();
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    boolean isMatch = at == begin;
    byte[] part = part(isMatch ? end : begin);
    if (isMatch) {
      find();
    }
    return part;
  }

  private byte[] part(int until) {
    int from = byteAt;
    while (at < until) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      byteAt += codePoint == marker ? 1 : TextBytes.length(codePoint);
    }
    return TextBytes.range(bytes, from, byteAt);
  }
}
