package dev.bertserve.server.cli;

import dev.bertserve.server.access.AccessFiles;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags of {@code serve} that say who may call. */
final class AccessOptions {

  @Option(
      names = "--tls-certificate",
      paramLabel = "PEM",
      description = {
        "Certificate of the server, then those of its issuers; with it, both ports speak TLS (none).",
        "The files of this and the next two flags are read again when they change."
      })
  private Optional<Path> certificate = Optional.empty();

  @Option(
      names = "--tls-key",
      paramLabel = "PEM",
      description = "Private key of --tls-certificate, as PKCS #8 without a password (none).")
  private Optional<Path> key = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "Tokens, one on each line; requests need one of them in 'Authorization: Bearer TOKEN', health"
            + " routes excepted (none)."
      })
  private Optional<Path> tokens = Optional.empty();

  /** Returns the files, none of them read. */
  AccessFiles files() {
    return new AccessFiles(certificate, key, tokens);
  }
}
