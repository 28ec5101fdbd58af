package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.VersionState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A server's only model, bert version 1. */
record FixedModel(FixedService service) implements ModelCatalog {

  private static final ModelVersion VERSION = new ModelVersion("bert", 1);

  @Override
  public List<ModelState> models() {
    return List.of(new ModelState(VERSION, VersionState.AVAILABLE, ""));
  }

  @Override
  public Optional<ModelSource> find(String name, OptionalLong version) {
    return Optional.of(this::lease);
  }

  ModelLease lease() {
    return new ModelLease(VERSION, List.of(service), () -> {});
  }
}
