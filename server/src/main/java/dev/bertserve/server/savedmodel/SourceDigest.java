package dev.bertserve.server.savedmodel;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What tells one SavedModel from another: SHA-256 of its files' names and contents. */
public final class SourceDigest {

  private static final int BUFFER = 1 << 20;

  private SourceDigest() {}

  /** Of all files in and below {@code folder}. */
  public static String of(Path folder) throws IOException {
    MessageDigest digest = sha256();
    update(digest, folder);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Of all files in and below {@code folder}, and of the code that would prepare them. */
  static String ofPreparing(Path folder) throws IOException {
    MessageDigest digest = sha256();
    update(digest, folder);
    update(digest, code());
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The jar or the folder that this class was loaded from. */
  private static Path code() throws IOException {
    try {
      return Path.of(
          SourceDigest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("code: no path", e);
    }
  }

  private static void update(MessageDigest digest, Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(folder)) {
      files = tree.filter(Files::isRegularFile).sorted().toList();
    }
    byte[] buffer = new byte[BUFFER];
    for (Path file : files) {
      String name = folder.relativize(file) + "\n" + Files.size(file) + "\n";
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      try (InputStream in = Files.newInputStream(file)) {
        for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
          digest.update(buffer, 0, length);
        }
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: not in this JVM (expected: in every JVM)", e);
    }
  }
}
