package dev.bertserve.server.storage;

import java.util.regex.Pattern;

/**
 * A folder in a bucket of Cloud Storage.
 *
 * @param bucket name of the bucket
 * @param path of the folder, without a slash at either end; empty for the whole bucket
 */
public record StorageFolder(String bucket, String path) {

  private static final String SCHEME = "gs://";

  /** Source: Cloud Storage, "About Cloud Storage buckets", bucket names. */
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]");

  /** Whether {@code location} is meant as a folder in a bucket. */
  public static boolean is(String location) {
    return location.startsWith(SCHEME);
  }

  /** Parses {@code gs://bucket/folder}; slashes at the end are ignored. */
  public static StorageFolder parse(String uri) {
    String[] parts = uri.substring(SCHEME.length()).split("/", 2);
    String path = parts.length == 1 ? "" : parts[1].replaceAll("/+$", "");
    if (!BUCKET.matcher(parts[0]).matches() || path.startsWith("/")) {
      throw new IllegalArgumentException("model: " + uri + " (expected: gs://bucket/folder)");
    }
    return new StorageFolder(parts[0], path);
  }

  /** What the names of its objects start with. */
  String prefix() {
    return path.isEmpty() ? "" : path + "/";
  }

  /** URI of the object at {@code relative}. */
  String uri(String relative) {
    return SCHEME + bucket + "/" + prefix() + relative;
  }

  @Override
  public String toString() {
    return SCHEME + bucket + "/" + path;
  }
}
