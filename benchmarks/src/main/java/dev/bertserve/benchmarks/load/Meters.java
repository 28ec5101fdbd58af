package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The metrics page of a server at one moment. Immutable. */
final class Meters {

  private static final Pattern MODEL = Pattern.compile("\\{model=\"[^\"]*\",?}$");

  private final Map<String, Double> values;

  private Meters(Map<String, Double> values) {
    this.values = values;
  }

  static Meters read(URI page) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page).build();
    return parse(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
  }

  /**
   * Parses a page in the text format of Prometheus. The name of a sample includes its labels,
   * except those of a sample whose only label is the model.
   */
  static Meters parse(String page) {
    Map<String, Double> values = new HashMap<>();
    for (String line : page.lines().toList()) {
      String[] sample = line.split(" ", 3);
      if (sample.length == 2 && !line.startsWith("#")) {
        values.put(MODEL.matcher(sample[0]).replaceFirst(""), Double.parseDouble(sample[1]));
      }
    }
    return new Meters(Map.copyOf(values));
  }

  /** Growth of {@code name} since {@code earlier}. */
  double since(Meters earlier, String name) {
    return values.getOrDefault(name, Double.NaN) - earlier.values.getOrDefault(name, 0.0);
  }
}
