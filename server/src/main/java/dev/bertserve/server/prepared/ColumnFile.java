package dev.bertserve.server.prepared;

import dev.bertserve.server.serving.Column;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A {@link Column} on disk: its kind, its size and its values, all big-endian. */
final class ColumnFile {

  private static final byte FLOATS = 0;
  private static final byte DOUBLES = 1;
  private static final byte LONGS = 2;
  private static final byte TEXTS = 3;

  private ColumnFile() {}

  static void write(Column column, DataOutputStream out) throws IOException {
    if (column instanceof Column.Floats floats) {
      begin(FLOATS, column, out);
      for (float value : floats.values()) {
        out.writeFloat(value);
      }
    } else if (column instanceof Column.Doubles doubles) {
      begin(DOUBLES, column, out);
      for (double value : doubles.values()) {
        out.writeDouble(value);
      }
    } else if (column instanceof Column.Longs longs) {
      begin(LONGS, column, out);
      for (long value : longs.values()) {
        out.writeLong(value);
      }
    } else {
      begin(TEXTS, column, out);
      for (String text : ((Column.Texts) column).values()) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
      }
    }
  }

  private static void begin(byte kind, Column column, DataOutputStream out) throws IOException {
    out.writeByte(kind);
    out.writeInt(column.size());
  }

  static Column read(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    int size = in.readInt();
    switch (kind) {
      case FLOATS -> {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
          values[i] = in.readFloat();
        }
        return new Column.Floats(values);
      }
      case DOUBLES -> {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
          values[i] = in.readDouble();
        }
        return new Column.Doubles(values);
      }
      case LONGS -> {
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
          values[i] = in.readLong();
        }
        return new Column.Longs(values);
      }
      case TEXTS -> {
        String[] values = new String[size];
        for (int i = 0; i < size; i++) {
          values[i] = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        }
        return new Column.Texts(values);
      }
      default -> throw new IOException("column of kind " + kind + " (expected: 0 to 3)");
    }
  }
}
