package dev.bertserve.server.http;

import java.util.Locale;

/** The header in which a client lists the codings that it reads. */
final class AcceptEncoding {

  private AcceptEncoding() {}

  /** Whether {@code header} allows gzip, by name or by a star; the name decides over the star. */
  static boolean allowsGzip(String header) {
    boolean star = false;
    for (String entry : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      int semicolon = entry.indexOf(';');
      String coding = (semicolon < 0 ? entry : entry.substring(0, semicolon)).trim();
      boolean wanted = semicolon < 0 || !isZero(entry.substring(semicolon + 1));
      if (coding.equals("gzip") || coding.equals("x-gzip")) {
        return wanted;
      }
      star |= wanted && coding.equals("*");
    }
    return star;
  }

  /** Whether {@code weight} is {@code q=0}, with up to three zeros after the point. */
  private static boolean isZero(String weight) {
    return weight.replaceAll("\\s", "").matches("q=0(\\.0{0,3})?");
  }
}
