package dev.bertserve.server.wiring;

import dev.bertserve.server.savedmodel.AddedTokenizer;
import dev.bertserve.server.serving.VersionLabels;
import dev.bertserve.server.versions.VersionPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The models of a server.
 *
 * @param named in the order in which they are loaded
 * @param defaultName the model of requests that name none
 * @param policy which versions of each model are served
 * @param poll time between two looks for new versions, zero for none; empty for what suits each
 * @param labels names of versions
 * @param control whether requests may load and unload models
 */
public record ModelSettings(
    List<NamedModel> named,
    String defaultName,
    VersionPolicy policy,
    Optional<Duration> poll,
    VersionLabels labels,
    boolean control) {

  /** Name of a model that the user does not name. */
  public static final String DEFAULT_NAME = "bert";

  public ModelSettings {
    named = List.copyOf(named);
    Set<String> names = new LinkedHashSet<>();
    for (NamedModel model : named) {
      if (!names.add(model.name())) {
        throw new IllegalArgumentException(
            "model: " + model.name() + " (expected: each name once)");
      }
    }
    if (!names.contains(defaultName)) {
      throw new IllegalArgumentException(
          "model-name: " + defaultName + " (expected: one of " + names + ")");
    }
    labels.requireNames(names);
    poll.ifPresent(ModelSettings::requirePause);
  }

  private static void requirePause(Duration pause) {
    if (pause.isNegative() || pause.toSeconds() > 86_400) {
      throw new IllegalArgumentException(
          "version-poll-seconds: " + pause.toSeconds() + " (expected: 0 to 86400)");
    }
  }

  /**
   * Settings as a program gives them; the first model answers requests that name none.
   *
   * @param versions as {@link VersionPolicy#parse} takes them
   * @param labels as {@link VersionLabels#parse} takes them
   */
  public static ModelSettings of(
      List<NamedModel> named,
      String versions,
      Duration poll,
      List<String> labels,
      boolean control) {
    if (named.isEmpty()) {
      throw new IllegalArgumentException("models: [] (expected: at least one)");
    }
    return new ModelSettings(
        named,
        named.get(0).name(),
        VersionPolicy.parse(versions),
        Optional.of(poll),
        VersionLabels.parse(labels),
        control);
  }

  /** Where each model is, by its name. Throws IllegalArgumentException if one is not there. */
  public Map<String, ModelLocation> locations(
      Optional<String> signature, Optional<AddedTokenizer> tokenizer) {
    Map<String, ModelLocation> locations = new LinkedHashMap<>();
    for (NamedModel model : named) {
      locations.put(model.name(), ModelLocation.of(model.path(), signature, tokenizer));
    }
    return locations;
  }

  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    named.forEach(model -> names.add(model.name()));
    return names;
  }
}
