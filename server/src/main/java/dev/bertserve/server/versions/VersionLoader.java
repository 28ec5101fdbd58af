package dev.bertserve.server.versions;

import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Loads and starts versions of one model. */
public interface VersionLoader {

  /**
   * A version that is loaded, and not yet warmed up.
   *
   * @param servable the caller closes it, or starts it
   * @param afterwards work that remains once the version serves, or has been refused
   */
  record Loaded(Servable servable, Runnable afterwards) {}

  /** Loads the version in {@code folder}, which takes seconds. */
  Loaded load(Path folder) throws IOException;

  /**
   * Warms up {@code servable}, which takes seconds, and starts its threads. Takes ownership of it
   * and closes it on failure.
   *
   * @param folder that it was loaded from
   * @param before a version that serves meanwhile
   */
  ServedModel start(
      ModelVersion version, Path folder, Servable servable, Optional<ServedModel> before)
      throws IOException;
}
