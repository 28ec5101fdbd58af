package dev.bertserve.server.text;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.function.Supplier;

/**
 * A regular expression that matches bytes as RE2 does. Immutable; any thread.
 *
 * <p>A byte that is no part of a code point matches nothing. A text with such bytes is matched with
 * a code point in their places that neither the text has nor the pattern matches. RE2/J is given
 * strings, since in bytes it takes what follows a code point above ASCII for the start of a line.
 */
final class Re2Pattern {

  private static final int NONE = -1;
  private static final int USUAL_MARKER = 0xFFFE;

  private final String source;
  private final Pattern pattern;
  private final Supplier<Pattern> markedPattern;

  /**
   * Compiles {@code source}.
   *
   * @throws IllegalArgumentException if it is none that is matched exactly
   */
  Re2Pattern(String source) {
    this.source = source;
    this.pattern = compile(NONE);
    this.markedPattern = new Lazily<>(() -> compile(USUAL_MARKER));
  }

  private Pattern compile(int excluded) {
    try {
      return Pattern.compile(PatternSyntax.translate(source, excluded));
    } catch (com.google.re2j.PatternSyntaxException | NumberFormatException e) {
      throw new IllegalArgumentException("pattern " + source + ": " + e.getMessage(), e);
    }
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
    if (TextBytes.strayBytes(text) == 0) {
      String whole = TextBytes.text(text);
      String replaced = replace(pattern.matcher(whole), whole, rewrite, all);
      return replaced.equals(whole) ? text : TextBytes.of(replaced);
    }
    int marker = TextBytes.absentCodePoint(text, TextBytes.of(rewrite.toString()), USUAL_MARKER);
    String marked = TextBytes.text(text, marker);
    Pattern exclusive = marker == USUAL_MARKER ? markedPattern.get() : compile(marker);
    String replaced = replace(exclusive.matcher(marked), marked, rewrite, all);
    return TextBytes.unmarked(replaced, marker, text);
  }

  private static String replace(Matcher matcher, String text, Rewrite rewrite, boolean all) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    int at = 0;
    int lastEnd = -1;
    while (at <= text.length() && matcher.find(at)) {
      int start = matcher.start();
      int end = matcher.end();
      out.append(text, at, start);
      if (start == lastEnd && start == end) {
        // RE2 takes no empty match at the end of the last
        at = start + 1;
        if (start < text.length()) {
          at = start + Character.charCount(text.codePointAt(start));
          out.append(text, start, at);
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
