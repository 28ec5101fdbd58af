package dev.bertserve.server.prepared;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that holds prepared models, and whether it may be used. What lies in it is run, so it
 * must be owned by this user and writable by nobody else; so must each entry and its files. The
 * folders above it must be owned by this user or root, and writable by nobody else unless sticky,
 * since who can rename a folder can replace it.
 *
 * @param path need not exist
 * @param chosen by the user, and then used on any file system
 */
public record CacheFolder(Path path, boolean chosen) {

  /** Gone with the container or the machine, or taken from memory. */
  private static final Set<String> SCRATCH =
      Set.of("tmpfs", "ramfs", "rootfs", "overlay", "overlayfs", "fuse-overlayfs", "aufs");

  private static final int OTHERS_WRITE = 0022;
  private static final int STICKY = 01000;

  /** A folder that the user named. */
  public static CacheFolder chosen(Path path) {
    return new CacheFolder(path, true);
  }

  /** The usual place in {@code environment}. */
  public static CacheFolder usual(Map<String, String> environment, Path home) {
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path parent = caches.isEmpty() ? home.resolve(".cache") : Path.of(caches);
    return new CacheFolder(parent.resolve("bertserve"), false);
  }

  /** The user's own folder among temporary files. */
  static CacheFolder temporary() {
    String name = "bertserve-" + System.getProperty("user.name");
    return chosen(Path.of(System.getProperty("java.io.tmpdir"), name));
  }

  /** Why nothing is written here, if nothing is. */
  Optional<String> whyNotKept() throws IOException {
    return whyNotKept(Files.getFileStore(existing()).type());
  }

  /** The same where the file system is of {@code type}. */
  Optional<String> whyNotKept(String type) {
    return !chosen && SCRATCH.contains(type)
        ? Optional.of(path + " is on " + type + " (expected: a disk, or --model-cache)")
        : Optional.empty();
  }

  /** The folder itself or the nearest above it that exists. */
  private Path existing() throws IOException {
    Path existing = path.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing.toRealPath();
  }

  /** Creates the folder for this user alone, unless it exists. */
  void create() throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** What others may write to of the folder and of those above it, if anything. */
  Optional<String> untrusted() throws IOException {
    long user = user();
    Path existing = existing();
    if (Files.exists(path)) {
      Optional<String> fault = untrusted(existing, user);
      if (fault.isPresent()) {
        return fault;
      }
    }
    for (Path above = existing; above != null; above = above.getParent()) {
      long owner = owner(above);
      boolean open = (mode(above) & OTHERS_WRITE) != 0 && (mode(above) & STICKY) == 0;
      if (open || (owner != user && owner != 0)) {
        return Optional.of(above + ": others may write to it (expected: this user alone)");
      }
    }
    return Optional.empty();
  }

  /** What others may write to of {@code entry} and its files, if anything. */
  static Optional<String> untrustedEntry(Path entry) throws IOException {
    long user = user();
    List<Path> files;
    try (Stream<Path> tree = Files.walk(entry)) {
      files = tree.toList();
    }
    for (Path file : files) {
      Optional<String> fault = untrusted(file, user);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> untrusted(Path file, long user) throws IOException {
    return owner(file) != user || (mode(file) & OTHERS_WRITE) != 0
        ? Optional.of(file + ": others may write to it (expected: this user alone)")
        : Optional.empty();
  }

  /** Linux says so; elsewhere it is not known, and nothing is trusted. */
  private static long user() throws IOException {
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (uid instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("/proc/self: no uid");
  }

  private static long owner(Path file) throws IOException {
    return attribute(file, "unix:uid");
  }

  private static long mode(Path file) throws IOException {
    return attribute(file, "unix:mode");
  }

  private static long attribute(Path file, String name) throws IOException {
    Object value = Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS);
    if (value instanceof Number number) {
      return number.longValue();
    }
    throw new IOException(file + ": no " + name);
  }
}
