package dev.bertserve.server.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** An object on its way into a file. Each part runs once, in any thread; the last one checks. */
final class ObjectDownload {

  private static final int MAX_DOWNLOADS = 3;

  private final StoredObject object;
  private final String uri;
  private final Path path;
  private final long partBytes;
  private final int[] checksums;

  /** Hands the checksums over to the part that is last. */
  private final AtomicInteger partsLeft;

  ObjectDownload(StoredObject object, String uri, Path path, long partBytes) {
    this.object = object;
    this.uri = uri;
    this.path = path;
    this.partBytes = partBytes;
    checksums = new int[parts()];
    partsLeft = new AtomicInteger(checksums.length);
  }

  /** At least one, since an empty object is checked too. */
  int parts() {
    return Math.toIntExact(Math.max(1, (object.size() + partBytes - 1) / partBytes));
  }

  /**
   * Downloads part {@code number}; after the last of all parts, checks the object, and downloads it
   * again if its checksum is wrong.
   *
   * @param downloads makes one for each part
   */
  void run(int number, Supplier<PartDownload> downloads) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      checksums[number] = downloads.get().run(object, file, start(number), start(number + 1));
      if (partsLeft.decrementAndGet() > 0) {
        return;
      }
      int checksum = checksum();
      for (int i = 1; checksum != object.crc32c(); i++) {
        if (i == MAX_DOWNLOADS) {
          throw new IOException(
              String.format(
                  "%s: CRC32C %08x after %d downloads (expected: %08x)",
                  uri, checksum, MAX_DOWNLOADS, object.crc32c()));
        }
        checksum = downloads.get().run(object, file, 0, object.size());
      }
    }
  }

  /** Where part {@code number} starts, and that before it ends. */
  private long start(int number) {
    return Math.min(number * partBytes, object.size());
  }

  private int checksum() {
    int checksum = checksums[0];
    for (int part = 1; part < checksums.length; part++) {
      checksum = Checksums.joined(checksum, checksums[part], start(part + 1) - start(part));
    }
    return checksum;
  }
}
