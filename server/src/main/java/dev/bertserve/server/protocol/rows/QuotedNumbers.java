package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.serving.ValueType;
import java.util.regex.Pattern;

/** Numbers that a dialect also takes as strings, as BigQuery writes some of them. */
public enum QuotedNumbers {
  NONE,

  /** Those of floating-point inputs: NUMERIC with a fraction, NaN, Infinity and -Infinity. */
  REAL,

  /** The same, and whole numbers, which BigQuery writes so if a double cannot hold them. */
  REAL_AND_WHOLE;

  /** A whole number of 64 bits, or somewhat more. */
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,20}");

  /** A BIGNUMERIC. */
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,39}(\\.[0-9]{1,38})?");

  private static final Pattern NOT_FINITE = Pattern.compile("NaN|-?Infinity");

  /** Whether {@code text} is a finite number that an input of {@code type} may have. */
  boolean allowsFinite(String text, ValueType type) {
    return type.isReal()
        ? this != NONE && DECIMAL.matcher(text).matches()
        : this == REAL_AND_WHOLE && type.isWhole() && WHOLE.matcher(text).matches();
  }

  /** Whether {@code text} is NaN or an infinity that an input of {@code type} may have. */
  boolean allowsNotFinite(String text, ValueType type) {
    return this != NONE && type.isReal() && NOT_FINITE.matcher(text).matches();
  }
}
