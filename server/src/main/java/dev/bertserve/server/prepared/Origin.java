package dev.bertserve.server.prepared;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What a model is prepared from, as the cache of prepared models sees it. */
interface Origin {

  /** Tells what is prepared from it from all other prepared models. */
  String digest() throws IOException;

  /** Changes as its files do; quicker than the digest. */
  String stamp() throws IOException;

  /** The SavedModel in {@code folder}, by {@code signature}. */
  static Origin of(Path folder, Optional<String> signature) {
    return new Origin() {
      @Override
      public String digest() throws IOException {
        return SourceDigest.ofPreparing(folder, signature);
      }

      @Override
      public String stamp() throws IOException {
        return SourceDigest.stamp(folder);
      }
    };
  }

  /** A model from elsewhere, by {@code identity}, which changes as its files there do. */
  static Origin of(String identity, Optional<String> signature) {
    return new Origin() {
      @Override
      public String digest() throws IOException {
        return SourceDigest.ofPreparing(identity, signature);
      }

      @Override
      public String stamp() {
        return identity;
      }
    };
  }
}
