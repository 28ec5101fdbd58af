package dev.bertserve.server.bulk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files of rows in their order, which reach this machine one by one. */
public interface RowFiles extends Closeable {

  /** Their names, at least one. */
  List<String> names();

  /** File {@code index} on this machine, until the next call; null for standard input. */
  @Nullable Path local(int index) throws IOException;
}
