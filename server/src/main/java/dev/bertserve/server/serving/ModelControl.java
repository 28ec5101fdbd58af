package dev.bertserve.server.serving;

import java.util.concurrent.CompletionStage;

/** Loads and unloads models of a server by their names. Any thread; never blocks. */
public interface ModelControl {

  /**
   * Loads the versions that are to be served and do not serve yet. Fails with NOT_FOUND if the
   * server has no such model, and with INVALID if it cannot be loaded.
   */
  CompletionStage<Void> load(String name);

  /** Unloads all versions, after their requests. Fails with NOT_FOUND as {@link #load}. */
  CompletionStage<Void> unload(String name);
}
