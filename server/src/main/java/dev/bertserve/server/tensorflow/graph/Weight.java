package dev.bertserve.server.tensorflow.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
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

  /** The same float32 values, each times {@code factor}. */
  public Weight scaled(float factor) {
    return computed(
        shape,
        () -> {
          float[] floats = floats();
          for (int i = 0; i < floats.length; i++) {
            floats[i] *= factor;
          }
          return floats;
        });
  }

  /** Float32 tensors of equal leading dimensions side by side: joined along the last one. */
  public static Weight joined(List<Weight> parts) {
    List<Long> first = parts.get(0).shape;
    long width = parts.stream().mapToLong(part -> part.shape.get(part.shape.size() - 1)).sum();
    List<Long> shape = new ArrayList<>(first.subList(0, first.size() - 1));
    shape.add(width);
    return computed(shape, () -> joinedFloats(parts, Math.toIntExact(width)));
  }

  /** The same values as bfloat16, rounded to nearest, ties to even. */
  public Weight asBfloat16() {
    return new Weight(
        DataType.DT_BFLOAT16,
        shape,
        () -> {
          FloatBuffer floats = read().asFloatBuffer();
          ByteBuffer bytes =
              ByteBuffer.allocate(floats.remaining() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          while (floats.hasRemaining()) {
            int bits = Float.floatToIntBits(floats.get());
            bytes.putShort((short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16));
          }
          return bytes.flip();
        });
  }

  private static float[] joinedFloats(List<Weight> parts, int width) throws IOException {
    int rows = Math.toIntExact(parts.get(0).count()) / lastDimension(parts.get(0));
    float[] joined = new float[rows * width];
    int start = 0;
    for (Weight part : parts) {
      float[] floats = part.floats();
      int columns = lastDimension(part);
      for (int row = 0; row < rows; row++) {
        System.arraycopy(floats, row * columns, joined, row * width + start, columns);
      }
      start += columns;
    }
    return joined;
  }

  private static int lastDimension(Weight weight) {
    return Math.toIntExact(weight.shape.get(weight.shape.size() - 1));
  }

  private static ByteBuffer bytes(float[] floats) {
    ByteBuffer bytes =
        ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
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
