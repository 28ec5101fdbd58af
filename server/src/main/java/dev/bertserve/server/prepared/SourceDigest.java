package dev.bertserve.server.prepared;

import dev.bertserve.server.huggingface.TokenizerFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What tells one SavedModel from another: SHA-256 of its files' names and contents. */
public final class SourceDigest {

  private static final int BUFFER = 1 << 16;

  private SourceDigest() {}

  /** Of all files in and below {@code folder}. */
  public static String of(Path folder) throws IOException {
    MessageDigest digest = sha256();
    update(digest, folder);
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Of what decides how {@code folder} is prepared by the signature that was asked for, and of the
   * code that would prepare it. The graph, the assets, the files of a tokenizer beside the model
   * and the checkpoint's index are read whole. Of the weights only the sizes of their files are:
   * the index, which TensorFlow writes with them, has the CRC-32C of each tensor's bytes, so other
   * weights have another index. Weights that were changed without their index are damaged:
   * TensorFlow too refuses them.
   */
  static String ofPreparing(Path folder, Optional<String> signature) throws IOException {
    MessageDigest digest = sha256();
    for (Path file : readToPrepare(folder)) {
      if (isWeights(file)) {
        updateName(digest, folder, file);
      } else {
        updateFile(digest, folder, file);
      }
    }
    return ofPreparing(digest, signature);
  }

  /** The same of a model from elsewhere, by {@code identity}, which changes as its files do. */
  static String ofPreparing(String identity, Optional<String> signature) throws IOException {
    MessageDigest digest = sha256();
    digest.update(identity.getBytes(StandardCharsets.UTF_8));
    return ofPreparing(digest, signature);
  }

  private static String ofPreparing(MessageDigest digest, Optional<String> signature)
      throws IOException {
    digest.update(("signature " + signature.orElse("") + "\n").getBytes(StandardCharsets.UTF_8));
    update(digest, code());
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Sizes and times of the files that {@code folder} is prepared from; changes as they do. */
  static String stamp(Path folder) throws IOException {
    return stamp(readToPrepare(folder));
  }

  /** The same of all files in and below {@code folder}. */
  public static String stampOfAll(Path folder) throws IOException {
    return stamp(filesBelow(folder));
  }

  private static String stamp(List<Path> files) throws IOException {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files) {
      stamp.append(file).append('\n').append(Files.size(file)).append('\n');
      stamp.append(Files.getLastModifiedTime(file)).append('\n');
    }
    return stamp.toString();
  }

  /** The files that {@code folder} is prepared from. */
  public static List<Path> readToPrepare(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : List.of("saved_model.pb", "variables", "assets")) {
      Path path = folder.resolve(part);
      if (Files.exists(path)) {
        files.addAll(filesBelow(path));
      }
    }
    TokenizerFolder.of(folder).map(TokenizerFolder::files).ifPresent(files::addAll);
    return files;
  }

  private static List<Path> filesBelow(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    } catch (UncheckedIOException e) {
      throw new IOException(folder + ": unreadable", e);
    }
  }

  private static boolean isWeights(Path file) {
    return String.valueOf(file.getFileName()).startsWith("variables.data-");
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
    for (Path file : files) {
      updateFile(digest, folder, file);
    }
  }

  private static void updateFile(MessageDigest digest, Path folder, Path file) throws IOException {
    updateName(digest, folder, file);
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
        digest.update(buffer, 0, length);
      }
    }
  }

  private static void updateName(MessageDigest digest, Path folder, Path file) throws IOException {
    String name = folder.relativize(file) + "\n" + Files.size(file) + "\n";
    digest.update(name.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: not in this JVM (expected: in every JVM)", e);
    }
  }
}
