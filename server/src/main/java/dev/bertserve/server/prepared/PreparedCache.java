package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

  private static final String PARTIAL = ".partial-";
  private static final long ABANDONED_MILLIS = TimeUnit.DAYS.toMillis(1);

  /** Writes a model to the cache; does nothing where it cannot, or when interrupted. */
  public interface Writing {
    void write(Pace pace);
  }

  /**
   * A model and what keeps it for the next start.
   *
   * @param writing may run at any later time, once
   */
  public record Opened(PreparedModel model, Writing writing) {}

  /** Prepares a model. */
  public interface Preparation {
    PreparedModel prepare() throws IOException;
  }

  private final CacheFolder cache;
  private final Path folder;
  private final long maxBytes;
  private final LongSupplier wallClockMillis;

  /**
   * Keeps models in {@code folder}, which need not exist, and forgets those that were used least
   * recently beyond {@code maxBytes}; 0 keeps none. Files are stamped by {@code wallClockMillis},
   * as other processes on the machine stamp theirs.
   */
  public PreparedCache(CacheFolder folder, long maxBytes, LongSupplier wallClockMillis) {
    this.wallClockMillis = wallClockMillis;
    cache = folder;
    this.folder = folder.path();
    this.maxBytes = maxBytes;
  }

  /**
   * The model of the SavedModel {@code source}, by the signature called {@code signature} or else
   * the usual one: the model that is kept, else a new one.
   */
  public Opened open(Path source, Optional<String> signature, Preparation preparation)
      throws IOException {
    return open(source, signature, "", preparation);
  }

  /** The same; {@code variant} tells models apart that are prepared from it in several ways. */
  public Opened open(
      Path source, Optional<String> signature, String variant, Preparation preparation)
      throws IOException {
    if (PreparedFolder.is(source)) {
      return notKept(preparation.prepare());
    }
    return open(Origin.of(source, signature), signature, variant, preparation);
  }

  /** The same of a model from elsewhere, by {@code identity}, which changes as its files do. */
  public Opened open(
      String identity, Optional<String> signature, String variant, Preparation preparation)
      throws IOException {
    return open(Origin.of(identity, signature), signature, variant, preparation);
  }

  private Opened open(
      Origin origin, Optional<String> signature, String variant, Preparation preparation)
      throws IOException {
    if (maxBytes == 0 || !isTrusted()) {
      return notKept(preparation.prepare());
    }
    String digest;
    String stamp;
    try {
      stamp = origin.stamp();
      digest = origin.digest() + variant;
    } catch (IOException e) {
      LOG.info("cache of prepared models: not used: {}", e.toString());
      return notKept(preparation.prepare());
    }
    Path kept = folder.resolve(digest);
    if (PreparedFolder.is(kept) && isTrusted(kept)) {
      try {
        PreparedModel model = PreparedFolder.read(kept, signature);
        stamp(kept);
        return notKept(model);
      } catch (IOException | UnsupportedModelException e) {
        LOG.warn("cache of prepared models: {}: preparing anew", e.getMessage());
        forget(kept);
      }
    }
    PreparedModel model = preparation.prepare();
    return new Opened(model, pace -> keep(model, origin, stamp, digest, pace));
  }

  private static Opened notKept(PreparedModel model) {
    return new Opened(model, pace -> {});
  }

  private boolean isTrusted() {
    try {
      return isTrusted(cache.untrusted());
    } catch (IOException | RuntimeException e) {
      LOG.warn("cache of prepared models: ignored: {}", e.toString());
      return false;
    }
  }

  private static boolean isTrusted(Path entry) {
    try {
      return isTrusted(CacheFolder.untrustedEntry(entry));
    } catch (IOException | RuntimeException e) {
      LOG.warn("cache of prepared models: ignored: {}", e.toString());
      return false;
    }
  }

  private static boolean isTrusted(Optional<String> fault) {
    fault.ifPresent(reason -> LOG.warn("cache of prepared models: ignored: {}", reason));
    return fault.isEmpty();
  }

  private void keep(PreparedModel model, Origin origin, String stamp, String digest, Pace pace) {
    try {
      Optional<String> reason = cache.whyNotKept();
      if (reason.isPresent()) {
        LOG.info("cache of prepared models: not kept: {}", reason.get());
        return;
      }
      if (weightBytes(model) > maxBytes) {
        LOG.info("cache of prepared models: not kept: larger than {} bytes", maxBytes);
        return;
      }
      cache.create();
      Path kept = folder.resolve(digest);
      if (!isTrusted() || Files.exists(kept)) {
        return;
      }
      write(model, origin, stamp, kept, pace);
      LOG.info("cache of prepared models: kept in {}", kept);
      shrink(kept);
    } catch (IOException | RuntimeException e) {
      LOG.info("cache of prepared models: not kept: {}", e.toString());
    }
  }

  /** The weights are read from the model's own files, which nobody may have replaced meanwhile. */
  private void write(PreparedModel model, Origin origin, String stamp, Path kept, Pace pace)
      throws IOException {
    String digest = String.valueOf(kept.getFileName());
    Path partial = Files.createTempDirectory(folder, digest + PARTIAL);
    try {
      PreparedFolder.fill(model, digest, partial, pace);
      if (!origin.stamp().equals(stamp)) {
        throw new IOException("the model's files changed meanwhile");
      }
      closeToOthers(partial);
      Files.move(partial, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      PreparedFolder.delete(partial);
      throw e;
    }
  }

  private static void closeToOthers(Path partial) throws IOException {
    try (Stream<Path> files = Files.list(partial)) {
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
    }
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

  private boolean isEntry(Path path) {
    return PreparedFolder.is(path) && !isPartial(path);
  }

  private static boolean isPartial(Path path) {
    return String.valueOf(path.getFileName()).contains(PARTIAL);
  }

  /** Deletes what processes that were killed have left half-written. */
  private void deleteAbandoned() throws IOException {
    List<Path> partials;
    try (Stream<Path> children = Files.list(folder)) {
      partials = children.filter(PreparedCache::isPartial).toList();
    }
    for (Path partial : partials) {
      long age = wallClockMillis.getAsLong() - lastUsed(partial).toMillis();
      if (age > ABANDONED_MILLIS) {
        forget(partial);
      }
    }
  }

  /** Forgets models, the one used longest ago first, until the others fit. */
  private void shrink(Path latest) throws IOException {
    deleteAbandoned();
    List<Path> entries;
    try (Stream<Path> children = Files.list(folder)) {
      entries =
          children
              .filter(this::isEntry)
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
