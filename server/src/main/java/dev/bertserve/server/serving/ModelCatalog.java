package dev.bertserve.server.serving;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Which models a server has, those that are still loading included. Any thread; never blocks. */
public interface ModelCatalog {

  /** The models, by name and version. */
  List<ModelState> models();

  /** The same of one model: all versions, or the one that {@code version} says. */
  default List<ModelState> models(String name, OptionalLong version) {
    return models().stream().filter(state -> state.version().matches(name, version)).toList();
  }

  /** Version {@code version} of a model, by default the largest; empty if the server has none. */
  Optional<ModelSource> find(String name, OptionalLong version);
}
