package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.huggingface.TokenizerFolder;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.SourceDigest;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the model lies in a folder that a user names: in the folder itself, in the numbered folder
 * of its latest version, in Hugging Face's saved_model/1, or in the only folder that holds one.
 */
public final class ModelLayout {

  private static final Logger LOG = LoggerFactory.getLogger(ModelLayout.class);

  private static final String PROTO = "saved_model.pb";
  private static final Pattern VERSION = Pattern.compile("[0-9]+");

  /** Digits of a version that a long holds. */
  private static final int MAX_DIGITS = 18;

  /** A bucket's folder, a model's, saved_model, a version. */
  private static final int DEPTH = 4;

  /** What people have in place of a SavedModel, by the end of a file's name, and what to do. */
  private static final Map<String, String> OTHERS =
      new TreeMap<>(
          Map.of(
              ".keras", "a Keras file (expected: what model.export(DIR) writes)",
              "model.weights.h5",
                  "a Keras file, unpacked (expected: what model.export(DIR) writes)",
              "tf_model.h5",
                  "Hugging Face's weights alone (expected: what"
                      + " model.save_pretrained(DIR, saved_model=True) writes)",
              ".h5", "a Keras file (expected: what model.export(DIR) writes)",
              ".meta",
                  "a checkpoint of TensorFlow 1 (expected: a model saved by TensorFlow 2, as"
                      + " tf.saved_model.save(model, DIR) writes it)",
              ".safetensors",
                  "weights alone (expected: a SavedModel, such as TFAutoModelFor..."
                      + ".from_pretrained(DIR, from_pt=True).save_pretrained(OUT, saved_model=True)"
                      + " writes)",
              "pytorch_model.bin",
                  "PyTorch's weights (expected: a SavedModel, such as TFAutoModelFor..."
                      + ".from_pretrained(DIR, from_pt=True).save_pretrained(OUT, saved_model=True)"
                      + " writes)"));

  private ModelLayout() {}

  /**
   * The folder of the SavedModel, or of the prepared model, that serves for {@code given}.
   *
   * @throws UnsupportedModelException where there is none or several; one line says what is there
   */
  public static Path modelFolder(Path given) throws IOException {
    return find(given, DEPTH, new ArrayList<>())
        .orElseThrow(() -> new UnsupportedModelException(given + ": " + whatIsThere(given)));
  }

  /**
   * The folder of the numbered folders among which {@link #modelFolder} chooses; empty if the model
   * is no version, or if its number has more digits than a version may have.
   */
  public static Optional<Path> versionsFolder(Path given) throws IOException {
    Path folder = given;
    for (Path name : given.relativize(modelFolder(given))) {
      if (VERSION.matcher(name.toString()).matches()) {
        return name.toString().length() <= MAX_DIGITS ? Optional.of(folder) : Optional.empty();
      }
      folder = folder.resolve(name);
    }
    return Optional.empty();
  }

  /** The versions in {@code folder} that hold a model, by their numbers. */
  public static NavigableMap<Long, Path> versions(Path folder) throws IOException {
    NavigableMap<Long, Path> versions = new TreeMap<>();
    for (Path child : children(folder)) {
      if (isVersion(child) && name(child).length() <= MAX_DIGITS && holdsModel(child)) {
        versions.put(Long.parseLong(name(child)), child);
      }
    }
    return versions;
  }

  private static boolean holdsModel(Path version) throws IOException {
    try {
      return find(version, DEPTH, new ArrayList<>()).isPresent();
    } catch (UnsupportedModelException several) {
      // Loading it says which.
      return true;
    }
  }

  /** Folders in {@code given} that hold a model and are no version, beside others that are. */
  public static List<Path> ignored(Path given) throws IOException {
    List<Path> ignored = new ArrayList<>();
    Optional<Path> found = find(given, DEPTH, ignored);
    return found.isPresent() ? List.copyOf(ignored) : List.of();
  }

  /** The files that the model in {@code folder}, as {@link #modelFolder} finds it, is read from. */
  public static List<Path> files(Path folder) throws IOException {
    if (!PreparedFolder.is(folder)) {
      return SourceDigest.readToPrepare(folder);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static Optional<Path> find(Path folder, int depth, List<Path> ignored)
      throws IOException {
    if (Files.isRegularFile(folder.resolve(PROTO)) || PreparedFolder.is(folder)) {
      return Optional.of(folder);
    }
    if (depth == 0) {
      return Optional.empty();
    }
    Path huggingFace = folder.resolve(TokenizerFolder.SAVED_MODEL);
    if (Files.isDirectory(huggingFace)) {
      Optional<Path> found = find(huggingFace, depth - 1, ignored);
      if (found.isPresent()) {
        return found;
      }
    }
    Map<Path, Path> models = new TreeMap<>();
    for (Path child : children(folder)) {
      Optional<Path> found = find(child, depth - 1, ignored);
      found.ifPresent(model -> models.put(child, model));
    }
    Optional<Path> latest =
        models.keySet().stream()
            .filter(ModelLayout::isVersion)
            .max(Comparator.comparing(version -> new BigInteger(name(version))));
    if (latest.isPresent()) {
      models.keySet().stream().filter(child -> !isVersion(child)).forEach(ignored::add);
      return Optional.ofNullable(models.get(latest.get()));
    }
    if (models.size() > 1) {
      throw new UnsupportedModelException(
          folder
              + ": models "
              + models.keySet().stream().map(ModelLayout::name).toList()
              + " (expected: one of them)");
    }
    return models.values().stream().findFirst();
  }

  private static boolean isVersion(Path folder) {
    return VERSION.matcher(name(folder)).matches();
  }

  private static String name(Path folder) {
    return String.valueOf(folder.getFileName());
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(Files::isDirectory).sorted().toList();
    }
  }

  /** What lies at {@code given} in a model's place, a file or a folder, and what to export. */
  public static String whatIsThere(Path given) {
    List<String> names = new ArrayList<>(List.of(name(given)));
    if (Files.isDirectory(given)) {
      try (Stream<Path> children = Files.list(given)) {
        children.map(ModelLayout::name).sorted().forEach(names::add);
      } catch (IOException e) {
        LOG.debug("cannot be listed", e);
      }
    }
    // The longer ending is the more precise one.
    return OTHERS.keySet().stream()
        .filter(ending -> names.stream().anyMatch(name -> name.endsWith(ending)))
        .max(Comparator.comparingInt(String::length))
        .map(OTHERS::get)
        .orElse("no " + PROTO + " (expected: a SavedModel directory)");
  }
}
