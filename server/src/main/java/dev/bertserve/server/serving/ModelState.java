package dev.bertserve.server.serving;

/**
 * One model version of a server.
 *
 * @param version name and number
 * @param state what it does now
 * @param error why it could not be loaded, in one line; empty if it could
 */
public record ModelState(ModelVersion version, VersionState state, String error) {

  /** Whether it serves requests now. */
  public boolean ready() {
    return state == VersionState.AVAILABLE;
  }
}
