package dev.bertserve.server.embedded;

import java.time.Duration;
import java.util.List;

/**
 * Which versions of its models a {@link TextServer} serves.
 *
 * @param which latest, all, or numbers such as 3,5
 * @param poll time between two looks for new ones; zero for none
 * @param labels names of versions, each as {@code NAME:LABEL=N}
 * @param control whether requests may load and unload models
 */
public record VersionOptions(String which, Duration poll, List<String> labels, boolean control) {

  /** The latest one, without looks for new ones. */
  public static final VersionOptions DEFAULT =
      new VersionOptions("latest", Duration.ZERO, List.of(), false);

  public VersionOptions {
    labels = List.copyOf(labels);
  }
}
