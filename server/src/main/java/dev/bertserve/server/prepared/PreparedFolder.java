package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.preprocessing.TokenizerFacts;
import dev.bertserve.server.serving.NamedSignature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** A prepared model on disk: manifest, graph, weights, tokens and outputs for a few rows. */
public final class PreparedFolder {

  private static final String GRAPH = "graph.pb";
  private static final String QUANTISED = "int8.pb";
  private static final String WEIGHTS = "weights.bin";
  private static final String REFERENCE = "reference.bin";
  private static final List<String> FILES =
      List.of(GRAPH, WEIGHTS, TokenSourceFile.NAME, REFERENCE);
  private static final String CHECKSUM = "checksum.";
  private static final int BUFFER = 1 << 20;

  private PreparedFolder() {}

  /** Whether {@code folder} holds a prepared model. */
  public static boolean is(Path folder) {
    return Files.isRegularFile(folder.resolve(Manifest.FILE));
  }

  /**
   * Writes {@code model} to {@code out}, which must not exist and is there whole or not at all.
   *
   * @param digest of the files that it was prepared from
   */
  public static void write(PreparedModel model, String digest, Path out) throws IOException {
    requireNew(out);
    String partialName = out.getFileName() + ".partial-" + ProcessHandle.current().pid();
    Path partial = Files.createDirectory(out.toAbsolutePath().resolveSibling(partialName));
    try {
      fill(model, digest, partial, Pace.full());
      Files.move(partial, out, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      delete(partial);
      throw e;
    }
  }

  /** Throws where {@link #write} cannot begin: {@code out} exists, or has no folder to be in. */
  public static void requireNew(Path out) {
    Path folder = out.toAbsolutePath().getParent();
    if (Files.exists(out)) {
      throw new IllegalArgumentException("out: " + out + " exists (expected: a new path)");
    }
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new IllegalArgumentException(
          "out: " + out + " (expected: in a folder that can be written)");
    }
  }

  /** Writes {@code model} into the empty {@code folder}, its manifest last. */
  static void fill(PreparedModel model, String digest, Path folder, Pace pace) throws IOException {
    writeGraphs(model, folder, pace);
    ReferenceFile.write(model.reference(), folder.resolve(REFERENCE));
    Manifest manifest = Manifest.create();
    manifest.put("source", digest);
    TokenSourceFile.write(model.tokenizer().source(), manifest, folder);
    TextProgramEntries.write(model.tokenizer().program(), manifest);
    SignatureEntries.write(model.signatures(), model.outputs(), manifest);
    model.cutPoints().forEach((input, node) -> manifest.put("cut." + input.name(), node));
    List<String> files = new ArrayList<>(FILES);
    if (model.quantised().isPresent()) {
      files.add(QUANTISED);
      Int8TrialEntries.write(model.quantised().get().trial(), manifest);
    }
    for (String file : files) {
      manifest.put(CHECKSUM + file, checksum(folder.resolve(file), pace));
    }
    manifest.write(folder);
  }

  private static void writeGraphs(PreparedModel model, Path folder, Pace pace) throws IOException {
    try (WeightFile weights = new WeightFile(folder.resolve(WEIGHTS), pace)) {
      GraphFile.write(model.graph(), folder.resolve(GRAPH), weights);
      if (model.quantised().isPresent()) {
        GraphFile.write(model.quantised().get().graph(), folder.resolve(QUANTISED), weights);
      }
    }
  }

  /**
   * Opens what {@link #write} wrote; refuses another version, another signature than the one that
   * is asked for, and files that were changed.
   */
  public static PreparedModel read(Path folder, Optional<String> signature) throws IOException {
    Manifest manifest = Manifest.read(folder);
    List<NamedSignature> signatures = SignatureEntries.signatures(manifest);
    if (signature.isPresent()) {
      signatures = startingWith(signature.get(), signatures, folder);
    }
    for (String file : FILES) {
      requireAsWritten(file, manifest, folder);
    }
    Path weights = folder.resolve(WEIGHTS);
    FlatGraph graph = GraphFile.read(folder.resolve(GRAPH), weights);
    Optional<Quantised> quantised = Optional.empty();
    if (manifest.has(CHECKSUM + QUANTISED)) {
      requireAsWritten(QUANTISED, manifest, folder);
      quantised =
          Optional.of(
              new Quantised(
                  GraphFile.read(folder.resolve(QUANTISED), weights),
                  Int8TrialEntries.read(manifest)));
    }
    TokenSource source = TokenSourceFile.read(manifest, folder);
    TokenizerFacts tokenizer =
        new TokenizerFacts(TextProgramEntries.read(manifest), source, source.load());
    Map<TokenInput, String> cutPoints = new TreeMap<>();
    for (TokenInput input : TokenInput.values()) {
      if (manifest.has("cut." + input.name())) {
        cutPoints.put(input, manifest.get("cut." + input.name()));
      }
    }
    return PreparedModel.of(
        signatures,
        SignatureEntries.outputs(manifest),
        graph,
        tokenizer,
        cutPoints,
        ReferenceFile.read(folder.resolve(REFERENCE)),
        quantised);
  }

  /** {@code signatures}, the one called {@code name} first. */
  private static List<NamedSignature> startingWith(
      String name, List<NamedSignature> signatures, Path folder) {
    List<NamedSignature> ordered = new ArrayList<>();
    for (NamedSignature signature : signatures) {
      ordered.add(signature.name().equals(name) ? 0 : ordered.size(), signature);
    }
    if (!ordered.get(0).name().equals(name)) {
      throw new UnsupportedModelException(
          folder
              + ": prepared with "
              + signatures.stream().map(NamedSignature::name).toList()
              + " (expected: "
              + name
              + "; prepare the model again with --signature)");
    }
    return ordered;
  }

  private static void requireAsWritten(String file, Manifest manifest, Path folder)
      throws IOException {
    Path path = folder.resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new UnsupportedModelException(path + ": missing (expected: a whole prepared model)");
    }
    if (!checksum(path, Pace.full()).equals(manifest.get(CHECKSUM + file))) {
      throw new UnsupportedModelException(
          path + ": changed or cut off (expected: as it was written; prepare the model again)");
    }
  }

  private static String checksum(Path file, Pace pace) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
        checksum.update(buffer, 0, length);
        pace.endPiece();
      }
    }
    return Long.toHexString(checksum.getValue());
  }

  /** Deletes a prepared model, its manifest first: what is left of it is none. */
  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(Manifest.FILE));
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
