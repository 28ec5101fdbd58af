package dev.bertserve.server.wiring;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.protocol.tfserving.WarmUpFile;
import dev.bertserve.server.serving.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a model the requests of its warm-up file. */
final class WarmUpRequests {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUpRequests.class);

  private WarmUpRequests() {}

  /** Does nothing without a file; a bad one costs a warning, since warming up changes no output. */
  static void replay(ModelLocation location, ModelSource model) {
    try {
      Optional<Path> file = WarmUpFile.of(location.modelFolder());
      if (file.isPresent()) {
        LOG.info("replayed {} requests of {}", WarmUpFile.replay(file.get(), model), file.get());
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("warm-up file of {}: {}", location.label(), Reason.of(Reason.cause(e)));
    }
  }
}
