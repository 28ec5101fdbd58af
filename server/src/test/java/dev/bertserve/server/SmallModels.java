package dev.bertserve.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.fixture.Archive;
import dev.bertserve.server.savedmodel.AddedTokenizer;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The SavedModels in the test resources, unpacked once a run; made by make_small_models.py,
 * make_text_models.py, make_packer_models.py and make_output_models.py.
 */
final class SmallModels {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER =
      Archive.unpack(
          "/models/small.tar.xz",
          "/models/text.tar.xz",
          "/models/packers.tar.xz",
          "/models/byte_pairs.tar.xz",
          "/models/outputs.tar.xz");

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

  /** The prediction for the row of a golden {@code line}. */
  static JsonNode prediction(String line) throws IOException {
    JsonNode outputs = JSON.readTree(line).get("outputs");
    return outputs.size() == 1 ? outputs.elements().next() : outputs;
  }
}
