package dev.bertserve.server.tensorflow.prepare;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepared models that are kept on disk for the next start, each under the digest of what it came
 * from and of the code that prepared it. Several processes may share a folder. Whatever goes wrong
 * with the folder costs time only.
 */
public final class PreparedCache {

  private static final Logger LOG = LoggerFactory.getLogger(PreparedCache.class);

  /** Prepares a model. */
  public interface Preparation {
    PreparedModel prepare() throws IOException;
  }

  private final Path folder;
  private final long maxBytes;
  private final LongSupplier wallClockMillis;

  /**
   * Keeps models in {@code folder}, which need not exist, and forgets those that were used least
   * recently beyond {@code maxBytes}; 0 keeps none. Files are stamped by {@code wallClockMillis},
   * as other processes on the machine stamp theirs.
   */
  public PreparedCache(Path folder, long maxBytes, LongSupplier wallClockMillis) {
    this.wallClockMillis = wallClockMillis;
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /**
   * The model of the SavedModel {@code source}, by the signature called {@code signature} or else
   * the usual one: the model that is kept, else a new one.
   */
  public PreparedModel open(Path source, Optional<String> signature, Preparation preparation)
      throws IOException {
    if (maxBytes == 0 || PreparedFolder.is(source)) {
      return preparation.prepare();
    }
    String digest = SourceDigest.ofPreparing(source, signature);
    Path kept = folder.resolve(digest);
    if (PreparedFolder.is(kept)) {
      try {
        PreparedModel model = PreparedFolder.read(kept, signature);
        stamp(kept);
        return model;
      } catch (IOException | UnsupportedModelException e) {
        LOG.warn("cache of prepared models: {}: preparing anew", e.getMessage());
        forget(kept);
      }
    }
    PreparedModel model = preparation.prepare();
    try {
      if (weightBytes(model) <= maxBytes) {
        Files.createDirectories(folder);
        PreparedFolder.write(model, digest, kept);
        shrink(kept);
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.info("cache of prepared models: not kept: {}", e.toString());
    }
    return model;
  }

  /** A folder that may only be read keeps its times, and serves all the same. */
  private void stamp(Path kept) {
    try {
      Files.setLastModifiedTime(kept, FileTime.fromMillis(wallClockMillis.getAsLong()));
    } catch (IOException e) {
      LOG.debug("cache of prepared models: not stamped", e);
    }
  }

  /** Nearly all that a prepared model takes on disk. */
  private static long weightBytes(PreparedModel model) {
    return model.graph().nodes().stream()
        .map(GraphNode::weight)
        .filter(Objects::nonNull)
        .mapToLong(weight -> weight.count() * Float.BYTES)
        .sum();
  }

  /** Forgets models, the one used longest ago first, until the others fit. */
  private void shrink(Path latest) throws IOException {
    List<Path> entries;
    try (Stream<Path> children = Files.list(folder)) {
      entries =
          children
              .filter(PreparedFolder::is)
              .sorted(Comparator.comparing(PreparedCache::lastUsed))
              .toList();
    }
    long bytes = 0;
    for (Path entry : entries) {
      bytes += size(entry);
    }
    for (Path entry : entries) {
      if (bytes > maxBytes && !entry.equals(latest)) {
        bytes -= size(entry);
        forget(entry);
      }
    }
  }

  /** Its files go one by one; a process that reads them finds the rest damaged, and prepares. */
  private static void forget(Path entry) {
    try {
      PreparedFolder.delete(entry);
    } catch (IOException e) {
      LOG.info("cache of prepared models: not deleted: {}", e.toString());
    }
  }

  private static FileTime lastUsed(Path entry) {
    try {
      return Files.getLastModifiedTime(entry);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static long size(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
