package dev.bertserve.server.tensorflow.prepare;

import dev.bertserve.server.huggingface.TokenizerFolder;
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
import java.util.Optional;
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

  /**
   * Of all that decides what a SavedModel is prepared to: the files in and below {@code folder},
   * those of a tokenizer beside it, the signature that is asked for, and the code.
   */
  static String ofPreparing(Path folder, Optional<String> signature) throws IOException {
    MessageDigest digest = sha256();
    update(digest, folder);
    Optional<Path> tokenizer = ModelLayout.tokenizerFolder(folder);
    if (tokenizer.isPresent()) {
      update(digest, tokenizer.get(), TokenizerFolder.files(tokenizer.get()));
    }
    digest.update(("signature " + signature.orElse("") + "\n").getBytes(StandardCharsets.UTF_8));
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
    update(digest, folder, files);
  }

  private static void update(MessageDigest digest, Path folder, List<Path> files)
      throws IOException {
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
