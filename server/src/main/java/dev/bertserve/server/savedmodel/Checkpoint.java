package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.TensorShapeProto;

/** The weights of a SavedModel: where each lies in the data files under {@code variables}. */
final class Checkpoint {

  private static final String HEADER_KEY = "";

  private final Path folder;
  private final Map<String, ByteString> index;
  private final int shards;

  private Checkpoint(Path folder, Map<String, ByteString> index, int shards) {
    this.folder = folder;
    this.index = index;
    this.shards = shards;
  }

  /** Opens {@code variables/variables.index} of a SavedModel. */
  static Checkpoint open(Path model) throws IOException {
    Path folder = model.resolve("variables");
    Path indexFile = folder.resolve("variables.index");
    if (!Files.isRegularFile(indexFile)) {
      throw new UnsupportedModelException(indexFile + ": missing (expected: the weights' index)");
    }
    Map<String, ByteString> index;
    BundleHeaderProto header;
    try {
      index = TableFile.read(indexFile);
      header = BundleHeaderProto.parseFrom(index.getOrDefault(HEADER_KEY, ByteString.EMPTY));
    } catch (UnsupportedModelException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new UnsupportedModelException(
          indexFile + ": " + e.getMessage() + " (expected: an undamaged checkpoint index)", e);
    }
    if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
      throw new UnsupportedModelException(
          indexFile + ": big-endian weights (expected: little-endian)");
    }
    return new Checkpoint(folder, index, header.getNumShards());
  }

  /** The yes or no that an object of the model keeps as its {@code attribute}, if one does. */
  Optional<Boolean> flag(String attribute) throws IOException {
    String key = attribute + "/.ATTRIBUTES/VARIABLE_VALUE";
    for (String candidate : index.keySet()) {
      if (candidate.equals(key) || candidate.endsWith("/" + key)) {
        boolean[] flag = new boolean[1];
        weight(candidate).read((bytes, length) -> flag[0] = length > 0 && bytes[0] != 0);
        return Optional.of(flag[0]);
      }
    }
    return Optional.empty();
  }

  /** The weight that the checkpoint keeps under {@code key}. */
  Weight weight(String key) throws IOException {
    ByteString bytes = index.get(key);
    if (bytes == null) {
      throw new UnsupportedModelException(
          "checkpoint: no " + key + " (expected: every variable that the graph reads)");
    }
    BundleEntryProto entry = BundleEntryProto.parseFrom(bytes);
    if (entry.getSlicesCount() > 0) {
      throw new UnsupportedModelException(
          "checkpoint: " + key + " is cut in slices (expected: whole variables)");
    }
    List<Long> shape = new ArrayList<>();
    for (TensorShapeProto.Dim dimension : entry.getShape().getDimList()) {
      shape.add(dimension.getSize());
    }
    Path file =
        folder.resolve(String.format("variables.data-%05d-of-%05d", entry.getShardId(), shards));
    if (!Files.isRegularFile(file)) {
      throw new UnsupportedModelException(file + ": missing (expected: the weights)");
    }
    long end = entry.getOffset() + entry.getSize();
    if (entry.getOffset() < 0 || entry.getSize() < 0 || end < 0 || end > Files.size(file)) {
      throw new UnsupportedModelException(
          file
              + ": "
              + Files.size(file)
              + " bytes (expected: "
              + end
              + " or more for "
              + key
              + ")");
    }
    return Weight.inFile(entry.getDtype(), shape, file, entry.getOffset(), entry.getSize());
  }
}
