package dev.bertserve.benchmarks.load;

import java.util.Locale;

/** Latency by percentile as a small SVG; the horizontal axis is the percentile, up to 99.99. */
final class LatencyPlot {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 240;
  private static final int MARGIN = 40;
  private static final double NINES = 4;
  private static final int POINTS = 80;

  private LatencyPlot() {}

  static String svg(LoadResult result) {
    double most = Math.max(1, result.millis(100));
    StringBuilder points = new StringBuilder();
    for (int i = 0; i <= POINTS; i++) {
      double nines = NINES * i / POINTS;
      double percentile = 100 * (1 - Math.pow(10, -nines));
      double x = MARGIN + (WIDTH - 2 * MARGIN) * nines / NINES;
      double y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * result.millis(percentile) / most;
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"12\">"
            + "<polyline fill=\"none\" stroke=\"black\" points=\"%s\"/>"
            + "<text x=\"4\" y=\"%d\">%.0f ms</text>"
            + "<text x=\"%d\" y=\"%d\">0 %%, 90 %%, 99 %%, 99.9 %%, 99.99 %% of requests</text>"
            + "</svg>%n",
        WIDTH,
        HEIGHT,
        points.toString().trim(),
        MARGIN - 8,
        most,
        MARGIN,
        HEIGHT - 12);
  }
}
