package dev.bertserve.server.access;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who may call a server, and the certificate that it shows. Any thread.
 *
 * @param identity of the server; empty for connections in plain text
 * @param tokens of which each request needs one; empty if it needs none
 */
public record Access(
    Optional<FileValue<Identity>> identity, Optional<FileValue<BearerTokens>> tokens) {

  /** Plain text, and no tokens. */
  public static final Access FREE = new Access(Optional.empty(), Optional.empty());

  /** What a request without a valid token is told. */
  public static final String REFUSAL =
      "authorization: no valid token (expected: Bearer, and a token of this server)";

  /** Reads {@code files}; throws IllegalArgumentException that names the file if one is invalid. */
  public static Access read(AccessFiles files) {
    return new Access(
        files
            .certificate()
            .map(
                certificate ->
                    new FileValue<>(
                        List.of(certificate, files.key().orElseThrow()),
                        () -> Identity.read(certificate, files.key().orElseThrow()))),
        files.tokens().map(file -> new FileValue<>(List.of(file), () -> BearerTokens.read(file))));
  }

  /** Whether requests need a token. */
  public boolean needsToken() {
    return tokens.isPresent();
  }

  /** Whether a request with this value of the Authorization header, perhaps empty, may pass. */
  public boolean allows(String authorization) {
    return tokens.isEmpty() || tokens.get().value().accept(authorization);
  }

  /** What is read again when its files change. */
  public List<FileValue<?>> values() {
    return Stream.<Optional<? extends FileValue<?>>>of(identity, tokens)
        .<FileValue<?>>flatMap(Optional::stream)
        .toList();
  }
}
