package dev.bertserve.benchmarks.load;

import java.util.Arrays;
import java.util.List;

/** The little JSON that load needs, written to cost little processor time. */
final class Json {

  static final String START = "{\"instances\":[";
  static final String END = "]}";

  private Json() {}

  /** A request body for these texts; quotes and control characters become spaces. */
  static String instances(List<String> texts) {
    StringBuilder body = new StringBuilder(START);
    for (int i = 0; i < texts.size(); i++) {
      body.append(i == 0 ? "" : ",").append(quoted(texts.get(i)));
    }
    return body.append(END).toString();
  }

  /** A text as it appears in a request. */
  static String quoted(String text) {
    return '"' + plain(text) + '"';
  }

  /** All numbers of a response, in order. */
  static double[] numbers(String body) {
    double[] numbers = new double[16];
    int count = 0;
    int i = body.indexOf(':');
    while (i < body.length()) {
      int end = i;
      while (end < body.length() && "+-.0123456789eE".indexOf(body.charAt(end)) >= 0) {
        end++;
      }
      if (end == i) {
        i++;
        continue;
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = Double.parseDouble(body.substring(i, end));
      i = end;
    }
    return Arrays.copyOf(numbers, count);
  }

  private static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      plain.append(c < ' ' || c == '"' || c == '\\' ? ' ' : c);
    }
    return plain.toString();
  }
}
