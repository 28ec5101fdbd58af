package dev.bertserve.server.storage;

import java.nio.file.Path;

/**
 * An object of a folder, as it was when the folder was listed.
 *
 * @param path below the folder; safe as a path below any folder of this machine
 * @param size in bytes
 * @param generation tells this content from that of the same name before and after
 * @param crc32c CRC-32C of the content
 */
public record StoredObject(String path, long size, long generation, int crc32c) {

  public StoredObject {
    if (!isSafe(path)) {
      throw new IllegalArgumentException(
          "object: "
              + path.replaceAll("\\p{Cntrl}", "?")
              + " (expected: names between slashes, without .., backslashes and control"
              + " characters)");
    }
  }

  private static boolean isSafe(String path) {
    for (String name : path.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        return false;
      }
    }
    return path.chars().noneMatch(c -> c == '\\' || Character.isISOControl(c));
  }

  /** Where it lies in a copy of its folder at {@code folder}. */
  public Path in(Path folder) {
    return folder.resolve(path);
  }
}
