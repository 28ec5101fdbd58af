package dev.bertserve.server.graph;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.DataType;

/** A trained tensor. Its values are read or computed on request, each time anew. */
public final class Weight {

  /** A multiple of the size of every number type. */
  static final int CHUNK_BYTES = 1 << 18;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final Values LEFT_OUT =
      sink -> {
        throw new UnsupportedModelException(
            "a weight was left out (expected: a model that was not prepared for int8 only)");
      };

  private final DataType type;
  private final List<Long> shape;
  private final Values values;

  private Weight(DataType type, List<Long> shape, Values values) {
    this.type = type;
    this.shape = List.copyOf(shape);
    this.values = values;
  }

  /** A tensor stored in {@code size} little-endian bytes of {@code file}. */
  public static Weight inFile(DataType type, List<Long> shape, Path file, long offset, long size) {
    return new Weight(
        type,
        shape,
        sink -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.position(offset);
            byte[] chunk = new byte[CHUNK_BYTES];
            for (long remaining = size; remaining > 0; ) {
              int length = (int) Math.min(remaining, CHUNK_BYTES);
              readFully(channel, ByteBuffer.wrap(chunk, 0, length), file);
              sink.write(chunk, length);
              remaining -= length;
            }
          }
        });
  }

  /** A float32 tensor whose values {@code source} computes. */
  public static Weight computed(List<Long> shape, FloatSource source) {
    return new Weight(
        DataType.DT_FLOAT,
        shape,
        sink -> {
          float[] floats = source.read();
          byte[] chunk = new byte[CHUNK_BYTES];
          for (int start = 0; start < floats.length; start += CHUNK_BYTES / Float.BYTES) {
            int count = Math.min(CHUNK_BYTES / Float.BYTES, floats.length - start);
            for (int i = 0; i < count; i++) {
              INT.set(chunk, i * Float.BYTES, Float.floatToRawIntBits(floats[start + i]));
            }
            sink.write(chunk, count * Float.BYTES);
          }
        });
  }

  /** A tensor of 8-bit numbers whose bits {@code source} computes. */
  public static Weight ofBytes(List<Long> shape, ByteSource source) {
    return new Weight(DataType.DT_UINT8, shape, sink -> writeInChunks(source.read(), sink));
  }

  private static void writeInChunks(byte[] bytes, Sink sink) throws IOException {
    byte[] chunk = new byte[Math.min(CHUNK_BYTES, bytes.length)];
    for (int start = 0; start < bytes.length; start += chunk.length) {
      int length = Math.min(chunk.length, bytes.length - start);
      System.arraycopy(bytes, start, chunk, 0, length);
      sink.write(chunk, length);
    }
  }

  /** A tensor whose values were left out: reading them fails. */
  public static Weight leftOut(DataType type, List<Long> shape) {
    return new Weight(type, shape, LEFT_OUT);
  }

  public boolean isLeftOut() {
    return values == LEFT_OUT;
  }

  public DataType type() {
    return type;
  }

  /** The dimensions. */
  public List<Long> shape() {
    return shape;
  }

  /** Number of values. */
  public long count() {
    return product(shape);
  }

  /** What the values are read from: equal for weights that differ in their shape only. */
  public Object source() {
    return values;
  }

  /** Writes the values to {@code sink} in chunks, little-endian. */
  public void read(Sink sink) throws IOException {
    values.read(sink);
  }

  /** The values of a float32 tensor. */
  public float[] floats() throws IOException {
    requireFloats();
    FloatBuffer floats = FloatBuffer.allocate(Math.toIntExact(count()));
    read(
        (chunk, length) ->
            floats.put(
                ByteBuffer.wrap(chunk, 0, length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()));
    return floats.array();
  }

  /** The same values in another shape. */
  public Weight reshaped(List<Long> newShape) {
    return new Weight(type, newShape, values);
  }

  /** The same float32 values, each multiplied by {@code factor}. */
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

  /** Concatenates tensors of one type and equal leading dimensions along the last dimension. */
  public static Weight joined(List<Weight> parts) {
    Weight first = parts.get(0);
    long width = parts.stream().mapToLong(Weight::lastDimension).sum();
    List<Long> shape = new ArrayList<>(first.shape.subList(0, first.shape.size() - 1));
    shape.add(width);
    int rowBytes = Math.toIntExact(width * first.valueBytes());
    return new Weight(
        first.type, shape, sink -> writeInChunks(Stripes.joined(parts, rowBytes), sink));
  }

  /**
   * Part {@code index} of a tensor that is split into {@code count} equal parts along {@code axis}.
   */
  public Weight part(int axis, int index, int count) {
    long width = shape.get(axis) / count;
    if (width * count != shape.get(axis)) {
      throw new IllegalArgumentException(
          "count: " + count + " (expected: a divisor of " + shape.get(axis) + ")");
    }
    List<Long> partShape = new ArrayList<>(shape);
    partShape.set(axis, width);
    long partBytes = width * product(shape.subList(axis + 1, shape.size())) * valueBytes();
    return new Weight(
        type,
        partShape,
        sink -> Stripes.read(this, sink, partBytes * index, partBytes, partBytes * count));
  }

  /** The same values as bfloat16, rounded to nearest, ties to even. */
  public Weight asBfloat16() {
    return rounded(DataType.DT_BFLOAT16, HalfFloats::bfloat16Bits);
  }

  /** The same values as float16, rounded to nearest, ties to even. */
  public Weight asFloat16() {
    return rounded(DataType.DT_HALF, HalfFloats::float16Bits);
  }

  /** The same values of a 16-bit float tensor as float32. */
  public Weight asFloat32() {
    if (!HalfPrecision.is16Bit(type)) {
      throw new IllegalArgumentException("type: " + type + " (expected: a 16-bit float)");
    }
    return new Weight(
        DataType.DT_FLOAT,
        shape,
        sink -> {
          byte[] wide = new byte[CHUNK_BYTES];
          read(
              (chunk, length) -> {
                for (int start = 0; start < length; start += CHUNK_BYTES / 2) {
                  int count = Math.min(CHUNK_BYTES / 2, length - start) / Short.BYTES;
                  for (int i = 0; i < count; i++) {
                    int bits = (short) SHORT.get(chunk, start + i * Short.BYTES) & 0xffff;
                    INT.set(
                        wide,
                        i * Float.BYTES,
                        Float.floatToRawIntBits(HalfFloats.float32(bits, type)));
                  }
                  sink.write(wide, count * Float.BYTES);
                }
              });
        });
  }

  private void requireFloats() {
    if (type != DataType.DT_FLOAT) {
      throw new IllegalArgumentException("type: " + type + " (expected: DT_FLOAT)");
    }
  }

  private Weight rounded(DataType format, Rounding rounding) {
    return new Weight(
        format,
        shape,
        sink -> {
          byte[] rounded = new byte[CHUNK_BYTES / 2];
          read(
              (chunk, length) -> {
                for (int i = 0; i < length; i += Float.BYTES) {
                  float value = Float.intBitsToFloat((int) INT.get(chunk, i));
                  SHORT.set(rounded, i / 2, (short) rounding.bits(value));
                }
                sink.write(rounded, length / 2);
              });
        });
  }

  private static long product(List<Long> dimensions) {
    return dimensions.stream().reduce(1L, (a, b) -> a * b);
  }

  long lastDimension() {
    return shape.get(shape.size() - 1);
  }

  /** Size of a value in bytes. */
  int valueBytes() {
    return switch (type) {
      case DT_FLOAT -> Float.BYTES;
      case DT_UINT8 -> Byte.BYTES;
      default ->
          throw new IllegalArgumentException("type: " + type + " (expected: DT_FLOAT or DT_UINT8)");
    };
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer, Path file)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException(file + ": ends early (expected: all weights)");
      }
    }
  }

  private interface Rounding {
    int bits(float value);
  }

  private interface Values {
    void read(Sink sink) throws IOException;
  }

  /** Receives the first {@code length} bytes of {@code chunk}, which the caller reuses. */
  public interface Sink {
    void write(byte[] chunk, int length) throws IOException;
  }

  /** Computes the bits of a tensor. */
  public interface ByteSource {
    byte[] read() throws IOException;
  }

  /** Computes the values of a tensor. */
  public interface FloatSource {
    float[] read() throws IOException;
  }
}
