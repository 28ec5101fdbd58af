package dev.bertserve.server.bulk;

import java.util.function.Supplier;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** Schemas whose fields have names that Avro's files may not have, such as columns of Parquet. */
final class AnyNames {

  private AnyNames() {}

  /** Calls {@code schemas}, which may create such schemas on this thread; returns its result. */
  @SuppressWarnings("deprecation") // Nothing else reaches the schemas that libraries create
  static <T> T allow(Supplier<T> schemas) {
    NameValidator usual = Schema.getNameValidator();
    Schema.setNameValidator(NameValidator.NO_VALIDATION);
    try {
      return schemas.get();
    } finally {
      Schema.setNameValidator(usual);
    }
  }
}
