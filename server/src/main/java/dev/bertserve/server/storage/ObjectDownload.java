package dev.bertserve.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/** An object on its way into a file. Each part runs once, in any thread; the last one checks. */
final class ObjectDownload {

  private static final int BUFFER = 1 << 20;
  private static final int MAX_DOWNLOADS = 3;

  private final StoredObject object;
  private final String uri;
  private final Path path;
  private final long partBytes;
  private final AtomicInteger partsLeft;

  ObjectDownload(StoredObject object, String uri, Path path, long partBytes) {
    this.object = object;
    this.uri = uri;
    this.path = path;
    this.partBytes = partBytes;
    partsLeft = new AtomicInteger(parts());
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
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long from = number * partBytes;
      downloads.get().run(object, file, from, Math.min(from + partBytes, object.size()));
      if (partsLeft.decrementAndGet() > 0) {
        return;
      }
      int checksum = checksum(file);
      for (int i = 1; checksum != object.crc32c(); i++) {
        if (i == MAX_DOWNLOADS) {
          throw new IOException(
              String.format(
                  "%s: CRC32C %08x after %d downloads (expected: %08x)",
                  uri, checksum, MAX_DOWNLOADS, object.crc32c()));
        }
        downloads.get().run(object, file, 0, object.size());
        checksum = checksum(file);
      }
    }
  }

  private static int checksum(FileChannel file) throws IOException {
    CRC32C checksum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    long position = 0;
    for (int count = file.read(buffer, position); count > 0; count = file.read(buffer, position)) {
      checksum.update(buffer.flip());
      buffer.clear();
      position += count;
    }
    return (int) checksum.getValue();
  }
}
