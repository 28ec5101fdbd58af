package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** What a prepared model says of itself: names and texts, a line each, with a checksum. */
final class Manifest {

  static final String FILE = "manifest.txt";

  private static final String FORMAT_KEY = "format";
  private static final String FORMAT = "10";
  private static final String CHECKSUM_KEY = "checksum";

  private final Map<String, String> entries;

  private Manifest(Map<String, String> entries) {
    this.entries = entries;
  }

  /** Of this version, and otherwise empty. */
  static Manifest create() {
    return new Manifest(new TreeMap<>(Map.of(FORMAT_KEY, FORMAT)));
  }

  void put(String key, Object value) {
    entries.put(key, String.valueOf(value).replace("\\", "\\\\").replace("\n", "\\n"));
  }

  String get(String key) {
    String value = entries.get(key);
    if (value == null) {
      throw new UnsupportedModelException(FILE + ": no " + key + " (expected: present)");
    }
    return value.replace("\\n", "\n").replace("\\\\", "\\");
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  int number(String key) {
    return Integer.parseInt(get(key));
  }

  void write(Path folder) throws IOException {
    String lines = lines();
    Files.writeString(folder.resolve(FILE), lines + CHECKSUM_KEY + "=" + checksum(lines) + "\n");
  }

  private String lines() {
    StringBuilder lines = new StringBuilder();
    entries.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    return lines.toString();
  }

  /** Refuses a manifest of another version, and one that was changed. */
  static Manifest read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    Map<String, String> entries = new TreeMap<>();
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        entries.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    String format = entries.getOrDefault(FORMAT_KEY, "none");
    if (!format.equals(FORMAT)) {
      throw new UnsupportedModelException(
          file + ": format " + format + " (expected: " + FORMAT + "; prepare the model again)");
    }
    String checksum = entries.remove(CHECKSUM_KEY);
    Manifest manifest = new Manifest(entries);
    if (!checksum(manifest.lines()).equals(checksum)) {
      throw new UnsupportedModelException(
          file + ": changed or cut off (expected: as it was written; prepare the model again)");
    }
    return manifest;
  }

  private static String checksum(String text) {
    CRC32C checksum = new CRC32C();
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(checksum.getValue());
  }
}
