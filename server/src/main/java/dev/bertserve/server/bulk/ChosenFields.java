package dev.bertserve.server.bulk;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/** Some fields of the records of a file. */
public final class ChosenFields {

  private ChosenFields() {}

  /**
   * The schema of records of {@code all} that have the fields {@code names} alone, in that order.
   * Throws IllegalArgumentException for a name that is not there.
   */
  public static Schema of(Schema all, Set<String> names) {
    return AnyNames.allow(() -> chosen(all, names));
  }

  private static Schema chosen(Schema all, Set<String> names) {
    List<Schema.Field> fields = new ArrayList<>();
    for (String name : names) {
      Schema.Field field = all.getField(name);
      if (field == null) {
        throw new IllegalArgumentException(
            "column: "
                + name
                + " (expected: one of "
                + all.getFields().stream().map(Schema.Field::name).toList()
                + ")");
      }
      fields.add(new Schema.Field(name, field.schema()));
    }
    return Schema.createRecord(all.getName(), null, all.getNamespace(), false, fields);
  }
}
