package dev.bertserve.server.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Tokens, one of which a request has in its Authorization header (RFC 6750). Only their digests are
 * kept, which are compared in a time that does not depend on the values. Any thread.
 */
public final class BearerTokens {

  private static final String SCHEME = "Bearer ";

  /** Source: RFC 6750, section 2.1. At least 16 characters, so that none can be guessed. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{16,4096}=*");

  private final List<byte[]> digests;

  private BearerTokens(List<byte[]> digests) {
    this.digests = List.copyOf(digests);
  }

  /** The tokens of {@code file}, one on each line. Throws IllegalArgumentException without one. */
  static BearerTokens read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "token-file: " + file + " (expected: a file that can be read)", e);
    }
    List<byte[]> digests = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      if (!TOKEN.matcher(line).matches()) {
        throw new IllegalArgumentException(
            "token-file: "
                + file
                + " line "
                + (i + 1)
                + " (expected: a token of 16 or more of the characters A-Z a-z 0-9 - . _ ~ + /)");
      }
      digests.add(digest(line));
    }
    if (digests.isEmpty()) {
      throw new IllegalArgumentException(
          "token-file: " + file + " (expected: a token on each line)");
    }
    return new BearerTokens(digests);
  }

  /** Whether {@code authorization}, the value of the header, has one of the tokens. */
  boolean accept(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] given = digest(authorization.substring(SCHEME.length()).strip());
    boolean accepted = false;
    for (byte[] digest : digests) {
      accepted |= MessageDigest.isEqual(digest, given);
    }
    return accepted;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(token.getBytes(StandardCharsets.ISO_8859_1));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: missing (expected: in every JDK)", e);
    }
  }
}
