package dev.bertserve.server.access;

import dev.bertserve.server.failure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What some files say, as of their last change. Any thread reads it; one thread renews it. */
public final class FileValue<T> {

  private static final Logger LOG = LoggerFactory.getLogger(FileValue.class);

  private final List<Path> files;
  private final Supplier<T> reader;

  /** Of the files that the value is from. */
  private String stamp;

  /** Of the files that were last reported as invalid. */
  private String reported = "";

  private volatile T value;

  /**
   * The value of {@code files}; {@code reader} throws IllegalArgumentException if it is invalid.
   */
  FileValue(List<Path> files, Supplier<T> reader) {
    this.files = List.copyOf(files);
    this.reader = reader;
    this.stamp = stamp();
    this.value = reader.get();
  }

  public T value() {
    return value;
  }

  /**
   * Reads the files again if they have changed. An invalid change leaves the value as it is, and is
   * tried again each time, since a change of permissions alters no stamp.
   */
  public void renew() {
    String now = stamp();
    if (now.equals(stamp)) {
      return;
    }
    try {
      value = reader.get();
      stamp = now;
      LOG.info("{}: read again", files);
    } catch (IllegalArgumentException e) {
      if (!now.equals(reported)) {
        LOG.warn("{}; what was read before stays in use", Reason.of(e));
      }
      reported = now;
    }
  }

  /** Changes as the files do. */
  private String stamp() {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files) {
      try {
        stamp.append(Files.getLastModifiedTime(file)).append(' ').append(Files.size(file));
      } catch (IOException e) {
        stamp.append("unreadable");
      }
      stamp.append('\n');
    }
    return stamp.toString();
  }
}
