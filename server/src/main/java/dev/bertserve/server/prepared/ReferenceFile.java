package dev.bertserve.server.prepared;

import dev.bertserve.server.serving.Column;
import dev.bertserve.tokenizer.TokenIds;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link Reference} on disk: rows of ids, then the values of each output, all big-endian. */
final class ReferenceFile {

  private ReferenceFile() {}

  static void write(Reference reference, Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(reference.rows().size());
      for (TokenIds row : reference.rows()) {
        out.writeInt(row.secondStart());
        out.writeInt(row.length());
        for (int i = 0; i < row.length(); i++) {
          out.writeInt(row.id(i));
        }
      }
      out.writeInt(reference.answers().size());
      for (Column column : reference.answers()) {
        ColumnFile.write(column, out);
      }
    }
  }

  static Reference read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      List<TokenIds> rows = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        int secondStart = in.readInt();
        int[] ids = new int[in.readInt()];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = in.readInt();
        }
        rows.add(TokenIds.of(ids, secondStart));
      }
      List<Column> answers = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        answers.add(ColumnFile.read(in));
      }
      return new Reference(rows, answers);
    }
  }
}
