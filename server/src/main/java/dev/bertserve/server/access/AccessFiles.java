package dev.bertserve.server.access;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a server's {@link Access}.
 *
 * @param certificate chain of certificates in PEM, the server's first; empty for no TLS
 * @param key private key of the first certificate, in PEM
 * @param tokens a token on each line; empty if requests need none
 */
public record AccessFiles(Optional<Path> certificate, Optional<Path> key, Optional<Path> tokens) {

  /** Plain text, and no tokens. */
  public static final AccessFiles NONE =
      new AccessFiles(Optional.empty(), Optional.empty(), Optional.empty());

  public AccessFiles {
    requireBoth("tls-key", certificate, key, "tls-certificate");
    requireBoth("tls-certificate", key, certificate, "tls-key");
  }

  private static void requireBoth(
      String name, Optional<Path> given, Optional<Path> other, String givenName) {
    if (given.isPresent() && other.isEmpty()) {
      throw new IllegalArgumentException(name + ": missing (expected: beside " + givenName + ")");
    }
  }
}
