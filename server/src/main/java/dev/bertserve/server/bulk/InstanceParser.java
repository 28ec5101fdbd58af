package dev.bertserve.server.bulk;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.rows.InstanceReader;
import dev.bertserve.server.protocol.rows.InstanceRules;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.InputSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Parses instances as the predict route does. */
record InstanceParser(List<InputSpec> inputs) {

  private static final InstanceRules RULES = new InstanceRules("instances", true);

  /** The row, or a faulty one. */
  FileRow parse(RowSource.Raw raw, int file) {
    FileRow row =
        new FileRow(raw.number(), file, raw.json(), raw.keys(), List.of(), List.of(), raw.fault());
    if (row.isFaulty()) {
      return row;
    }
    byte[] list = ("[" + raw.json() + "]").getBytes(StandardCharsets.UTF_8);
    try (JsonReader json = new JsonReader(list)) {
      RowList rows = new InstanceReader(json, inputs, RULES).list(json.next(), 1);
      if (rows.size() != 1) {
        return row.faulty("no instance (expected: one a line)");
      }
      List<String> texts = List.of(rows.texts().get(0));
      return new FileRow(raw.number(), file, raw.json(), raw.keys(), texts, rows.others(), "");
    } catch (ServingException e) {
      return row.faulty(Reason.of(e));
    }
  }
}
