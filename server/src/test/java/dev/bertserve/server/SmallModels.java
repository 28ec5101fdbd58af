package dev.bertserve.server;

import dev.bertserve.server.tensorflow.prepare.AddedTokenizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.tukaani.xz.XZInputStream;

/** The SavedModels in the test resources, unpacked once a run; made by make_small_models.py. */
final class SmallModels {

  private static final int BLOCK = 512;
  private static final Path FOLDER = unpack();

  private SmallModels() {}

  /** The directory of model {@code name}, not to be written to. */
  static Path folder(String name) {
    return FOLDER.resolve(name);
  }

  /** Where model {@code name} lies; one that takes token ids is to take text by its own assets. */
  static ModelLocation location(String name) {
    // An encoder in a hub.KerasLayer loses its do_lower_case
    Optional<Boolean> lowerCase =
        name.equals("encoder_cased_217") ? Optional.of(false) : Optional.empty();
    AddedTokenizer ofAssets = new AddedTokenizer(Optional.empty(), lowerCase, OptionalInt.empty());
    return new ModelLocation(
        folder(name),
        name,
        Optional.empty(),
        name.startsWith("encoder") ? Optional.of(ofAssets) : Optional.empty());
  }

  static List<String> lines(String name, String file) throws IOException {
    return Files.readAllLines(folder(name).resolve(file));
  }

  private static Path unpack() {
    try (InputStream resource = SmallModels.class.getResourceAsStream("/models/small.tar.xz");
        InputStream tar = new BufferedInputStream(new XZInputStream(resource))) {
      Path folder = Files.createTempDirectory("small-models");
      folder.toFile().deleteOnExit();
      for (byte[] header = tar.readNBytes(BLOCK);
          header.length == BLOCK && header[0] != 0;
          header = tar.readNBytes(BLOCK)) {
        Path file = folder.resolve(text(header, 0, 100));
        long size = Long.parseLong(text(header, 124, 12).trim(), 8);
        Files.createDirectories(file.getParent());
        Files.write(file, tar.readNBytes(Math.toIntExact(size)));
        tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      }
      return folder;
    } catch (IOException e) {
      throw new IllegalStateException("small.tar.xz: cannot be unpacked", e);
    }
  }

  private static String text(byte[] header, int at, int length) {
    int end = at;
    while (end < at + length && header[end] != 0) {
      end++;
    }
    return new String(header, at, end - at, StandardCharsets.UTF_8);
  }
}
