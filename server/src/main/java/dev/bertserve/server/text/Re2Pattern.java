package dev.bertserve.server.text;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A regular expression that matches bytes as RE2 does. Immutable; any thread.
 *
 * <p>A byte that is no part of a code point matches nothing. A text with such bytes is matched with
 * a code point in their places that neither the text has nor the pattern matches. RE2/J is given
 * strings, since in bytes it takes what follows a code point above ASCII for the start of a line;
 * and only what follows a possible {@link MatchStart}, since it is slow.
 */
final class Re2Pattern {

  private static final int NONE = -1;
  private static final int USUAL_MARKER = 0xFFFE;

  private final String source;
  private final MatchStart start;
  private final Pattern pattern;
  private final Supplier<Pattern> markedPattern;

  /**
   * Compiles {@code source}.
   *
   * @throws IllegalArgumentException if it is none that is matched exactly
   */
  Re2Pattern(String source) {
    this.source = source;
    try {
      PatternSyntax.Translation translation = PatternSyntax.translate(source, NONE);
      this.start = translation.start();
      this.pattern = Pattern.compile(translation.pattern());
    } catch (com.google.re2j.PatternSyntaxException | NumberFormatException e) {
      throw new IllegalArgumentException("pattern " + source + ": " + e.getMessage(), e);
    }
    this.markedPattern = new Lazily<>(() -> without(USUAL_MARKER));
  }

  private Pattern without(int excluded) {
    return Pattern.compile(PatternSyntax.translate(source, excluded).pattern());
  }

  /** Whether it matches all of {@code text}. */
  boolean matches(byte[] text) {
    // Nothing matches a stray byte
    return TextBytes.strayBytes(text) == 0 && pattern.matcher(TextBytes.text(text)).matches();
  }

  int groups() {
    return pattern.groupCount();
  }

  /** {@code text} with matches, all or the first, replaced. */
  byte[] replace(byte[] text, Rewrite rewrite, boolean all) {
    if (rewrite.highestGroup() > groups()) {
      return text;
    }
    int first = start.next(text, 0);
    if (first == text.length && start.isKnown()) {
      return text;
    }
    if (start.isSingle()) {
      return replaceSingle(text, first, rewrite, all);
    }
    if (TextBytes.strayBytes(text) == 0) {
      String whole = TextBytes.text(text);
      String replaced = replace(pattern.matcher(whole), whole, rewrite, all);
      return replaced.equals(whole) ? text : TextBytes.of(replaced);
    }
    int marker = TextBytes.absentCodePoint(text, TextBytes.of(rewrite.toString()), USUAL_MARKER);
    String marked = TextBytes.text(text, marker);
    String replaced = replace(exclusive(marker).matcher(marked), marked, rewrite, all);
    return TextBytes.unmarked(replaced, marker, text);
  }

  private Pattern exclusive(int marker) {
    return marker == USUAL_MARKER ? markedPattern.get() : without(marker);
  }

  /**
   * The matches in {@code whole} and what is between them, in order, none of them empty. The
   * pattern must not look at what is before a match. As in TensorFlow Text 2.18, the text ends at
   * its first NUL.
   */
  Stream<byte[]> split(byte[] whole) {
    byte[] text = TextBytes.untilNul(whole);
    if (text.length == 0) {
      return Stream.empty();
    }
    if (start.isKnown() && start.next(text, 0) == text.length) {
      return Stream.of(text);
    }
    boolean strays = TextBytes.strayBytes(text) > 0;
    int marker = strays ? TextBytes.absentCodePoint(text, text, USUAL_MARKER) : NONE;
    String marked = TextBytes.text(text, marker);
    Matcher matcher = (strays ? exclusive(marker) : pattern).matcher(marked);
    Iterator<byte[]> parts = new PatternCuts(text, marked, marker, matcher, start);
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(parts, Spliterator.ORDERED), false);
  }

  /** Of a pattern that is a set of code points, and a text that has one at {@code first}. */
  private byte[] replaceSingle(byte[] text, int first, Rewrite rewrite, boolean all) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 16);
    int at = 0;
    for (int begin = first; begin < text.length; begin = all ? start.next(text, at) : text.length) {
      int end = TextBytes.next(text, begin);
      while (start.repeats() && end < text.length && start.isAt(text, end)) {
        end = TextBytes.next(text, end);
      }
      out.write(text, at, begin - at);
      rewrite.append(text, begin, end, out);
      at = end;
    }
    out.write(text, at, text.length - at);
    return out.toByteArray();
  }

  private String replace(Matcher matcher, String text, Rewrite rewrite, boolean all) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    int at = 0;
    int lastEnd = -1;
    while (at <= text.length()) {
      int from = start.next(text, at);
      if ((start.isKnown() && from == text.length()) || !matcher.find(from)) {
        break;
      }
      int begin = matcher.start();
      int end = matcher.end();
      out.append(text, at, begin);
      if (begin == lastEnd && begin == end) {
        // RE2 takes no empty match at the end of the last
        at = begin + 1;
        if (begin < text.length()) {
          at = begin + Character.charCount(text.codePointAt(begin));
          out.append(text, begin, at);
        }
        continue;
      }
      rewrite.append(matcher, text, out);
      at = end;
      lastEnd = end;
      if (!all) {
        break;
      }
    }
    return at < text.length() ? out.append(text, at, text.length()).toString() : out.toString();
  }

  @Override
  public String toString() {
    return source;
  }
}
