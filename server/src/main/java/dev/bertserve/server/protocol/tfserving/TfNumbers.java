package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.rows.NumberText;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as TensorFlow Serving writes them: six significant digits if these read back as the same
 * float, otherwise nine; a whole number ends with {@code .0}.
 */
final class TfNumbers {

  static final NumberText TEXT = (json, value) -> json.number(text(value));

  private static final int SHORT_DIGITS = 6;
  private static final int FULL_DIGITS = 9;

  /** Smallest exponent of a number that is written without one. */
  private static final int MIN_FIXED_EXPONENT = -4;

  /** Within these bounds a number is scaled exactly enough in double precision. */
  private static final double MIN_SCALED = 1e-5;

  private static final double MAX_SCALED = 1e9;

  private static final double[] POWERS = new double[23];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = 10 * POWERS[i - 1];
    }
  }

  private TfNumbers() {}

  /** The text of a finite number. */
  static String text(float value) {
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    double magnitude = Math.abs((double) value);
    boolean negative = value < 0;
    Decimal decimal = Decimal.of(magnitude, SHORT_DIGITS);
    if (decimal.floatValue() != (float) magnitude) {
      decimal = Decimal.of(magnitude, FULL_DIGITS);
    }
    return decimal.text(negative);
  }

  /**
   * A positive decimal number.
   *
   * @param digits its significant digits as a whole number, of as many digits as {@code count}
   * @param count number of digits
   * @param exponent of the first digit
   */
  private record Decimal(long digits, int count, int exponent) {

    static Decimal of(double magnitude, int count) {
      return magnitude >= MIN_SCALED && magnitude < MAX_SCALED
          ? scaled(magnitude, count)
          : exact(magnitude, count);
    }

    private static Decimal scaled(double magnitude, int count) {
      int exponent = (int) Math.floor(Math.log10(magnitude));
      // The logarithm is off by one next to a power of ten.
      double limit = POWERS[count];
      double digits = scaledBy(magnitude, count - 1 - exponent);
      if (digits >= limit) {
        exponent++;
        digits = scaledBy(magnitude, count - 1 - exponent);
      }
      long rounded = (long) Math.rint(digits);
      return rounded < (long) limit
          ? new Decimal(rounded, count, exponent)
          : new Decimal(rounded / 10, count, exponent + 1);
    }

    private static double scaledBy(double number, int power) {
      return power >= 0 ? number * POWERS[power] : number / POWERS[-power];
    }

    private static Decimal exact(double magnitude, int count) {
      BigDecimal rounded =
          new BigDecimal(magnitude).round(new MathContext(count, RoundingMode.HALF_EVEN));
      int exponent = rounded.precision() - rounded.scale() - 1;
      long digits = rounded.scaleByPowerOfTen(count - 1 - exponent).longValueExact();
      return new Decimal(digits, count, exponent);
    }

    float floatValue() {
      int power = exponent - count + 1;
      return Math.abs(power) < POWERS.length
          ? (float) scaledBy((double) digits, power)
          : new BigDecimal(digits).scaleByPowerOfTen(power).floatValue();
    }

    /** As printf's {@code %g} writes it. */
    String text(boolean negative) {
      String all = withoutZeros(Long.toString(digits));
      StringBuilder text = new StringBuilder(16);
      if (negative) {
        text.append('-');
      }
      if (exponent < MIN_FIXED_EXPONENT || exponent >= count) {
        return withExponent(text, all);
      }
      if (exponent < 0) {
        return text.append("0.").append("0".repeat(-exponent - 1)).append(all).toString();
      }
      int whole = exponent + 1;
      if (all.length() <= whole) {
        return text.append(all).append("0".repeat(whole - all.length())).append(".0").toString();
      }
      return text.append(all, 0, whole).append('.').append(all, whole, all.length()).toString();
    }

    private String withExponent(StringBuilder text, String all) {
      text.append(all.charAt(0));
      if (all.length() > 1) {
        text.append('.').append(all, 1, all.length());
      }
      text.append(exponent < 0 ? "e-" : "e+");
      int size = Math.abs(exponent);
      return (size < 10 ? text.append('0') : text).append(size).toString();
    }

    private static String withoutZeros(String digits) {
      int end = digits.length();
      while (end > 1 && digits.charAt(end - 1) == '0') {
        end--;
      }
      return digits.substring(0, end);
    }
  }
}
