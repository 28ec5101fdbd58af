package dev.bertserve.server.tensorflow.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.tensorflow.proto.DataType;

/** A trained tensor, whose values are read, or computed, only when they are asked for. */
public final class Weight {

  private final DataType type;
  private final List<Long> shape;
  private final Values values;

  private Weight(DataType type, List<Long> shape, Values values) {
    this.type = type;
    this.shape = List.copyOf(shape);
    this.values = values;
  }

  /** A tensor that lies, little-endian, in {@code size} bytes of {@code file}. */
  public static Weight inFile(DataType type, List<Long> shape, Path file, long offset, long size) {
    return new Weight(
        type,
        shape,
        () -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, size);
          }
        });
  }

  /** A float32 tensor whose values {@code source} computes. */
  public static Weight computed(List<Long> shape, FloatSource source) {
    return new Weight(DataType.DT_FLOAT, shape, () -> bytes(source.read()));
  }

  public DataType type() {
    return type;
  }

  /** Its dimensions. */
  public List<Long> shape() {
    return shape;
  }

  /** Number of values. */
  public long count() {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }

  /** The values in bytes, little-endian. */
  public ByteBuffer read() throws IOException {
    return values.read().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The values of a float32 tensor. */
  public float[] floats() throws IOException {
    if (type != DataType.DT_FLOAT) {
      throw new IllegalArgumentException("type: " + type + " (expected: DT_FLOAT)");
    }
    float[] floats = new float[Math.toIntExact(count())];
    read().asFloatBuffer().get(floats);
    return floats;
  }

  /** The same values in another shape. */
  public Weight reshaped(List<Long> newShape) {
    return new Weight(type, newShape, values);
  }

  private static ByteBuffer bytes(float[] floats) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats);
    return bytes;
  }

  private interface Values {
    ByteBuffer read() throws IOException;
  }

  /** Computes the values of a tensor. */
  public interface FloatSource {
    float[] read() throws IOException;
  }
}
