package dev.bertserve.benchmarks.load;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Settings of a load run.
 *
 * @param url predict route
 * @param texts file with a text on each line
 * @param profile kind of caller
 * @param perSecond requests per second
 * @param seconds duration in seconds
 * @param results name of the JSON and SVG files, without the extension
 */
record LoadSettings(
    URI url, Path texts, Profile profile, double perSecond, int seconds, Path results) {

  static final String USAGE =
      "usage: URL TEXTS online|bigquery|batch|mixed REQUESTS_PER_SECOND SECONDS RESULTS";

  LoadSettings {
    if (!(perSecond > 0) || seconds < 1) {
      throw new IllegalArgumentException(
          "rate, seconds: " + perSecond + ", " + seconds + " (expected: > 0, >= 1)");
    }
  }

  static LoadSettings parse(String[] args) {
    if (args.length != 6) {
      throw new IllegalArgumentException(USAGE);
    }
    return new LoadSettings(
        URI.create(args[0]),
        Path.of(args[1]),
        Profile.valueOf(args[2].toUpperCase(Locale.ROOT)),
        Double.parseDouble(args[3]),
        Integer.parseInt(args[4]),
        Path.of(args[5]));
  }
}
