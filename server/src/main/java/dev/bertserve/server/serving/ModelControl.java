package dev.bertserve.server.serving;

import java.util.concurrent.CompletionStage;

/** Loads and unloads models of a server by their names. Any thread; never blocks. */
public interface ModelControl {

  /**
   * Loads the versions that are to be served and do not serve yet. Throws NOT_FOUND if the server
   * has no such model; the stage fails with INVALID if one cannot be loaded.
   */
  CompletionStage<Void> load(String name);

  /** Unloads all versions, after their requests. Throws NOT_FOUND as {@link #load}. */
  CompletionStage<Void> unload(String name);
}
