package dev.bertserve.server.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;

final class WeightTest {

  @TempDir private Path folder;

  @Test
  void read_fileLongerThanAChunk_returnsEveryByteOnce() throws IOException {
    byte[] bytes = new byte[1_000_004];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    Path file = Files.write(folder.resolve("weights"), bytes);
    Weight weight = Weight.inFile(DataType.DT_FLOAT, List.of(250_000L), file, 4, 1_000_000);

    assertThat(bytesOf(weight)).isEqualTo(java.util.Arrays.copyOfRange(bytes, 4, 1_000_004));
  }

  @Test
  void read_fileTooShort_namesTheFile() throws IOException {
    Path file = Files.write(folder.resolve("weights"), new byte[8]);
    Weight weight = Weight.inFile(DataType.DT_FLOAT, List.of(3L), file, 0, 12);

    assertThatThrownBy(() -> bytesOf(weight))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("weights");
  }

  @Test
  void asFloat32_everyFiniteFloat16_keepsItsValue() throws IOException {
    int copies = 3; // more than a chunk
    ByteBuffer bits = ByteBuffer.allocate(copies << 17).order(ByteOrder.LITTLE_ENDIAN);
    while (bits.hasRemaining()) {
      bits.putShort((short) (bits.position() / Short.BYTES));
    }
    Path file = Files.write(folder.resolve("weights"), bits.array());
    long count = (long) copies << 16;
    Weight halves = Weight.inFile(DataType.DT_HALF, List.of(count), file, 0, copies << 17);

    float[] floats = halves.asFloat32().floats();

    for (int i = 0; i < count; i++) {
      if (Float.isFinite(floats[i])) {
        assertThat(HalfFloats.float16Bits(floats[i])).isEqualTo(i & 0xffff);
      } else {
        assertThat(i & 0x7c00).isEqualTo(0x7c00);
      }
    }
  }

  @Test
  void joined_twoMatrices_areConcatenatedRowByRow() throws IOException {
    Weight left = floats(List.of(2L, 2L), 1, 2, 3, 4);
    Weight right = floats(List.of(2L, 1L), 5, 6);

    Weight joined = Weight.joined(List.of(left, right));

    assertThat(joined.shape()).containsExactly(2L, 3L);
    assertThat(joined.floats()).containsExactly(1, 2, 5, 3, 4, 6);
  }

  @Test
  void joined_twoVectors_areConcatenated() throws IOException {
    Weight joined = Weight.joined(List.of(floats(List.of(2L), 1, 2), floats(List.of(1L), 3)));

    assertThat(joined.floats()).containsExactly(1, 2, 3);
  }

  @Test
  void part_ofColumns_isAPartOfEachRow() throws IOException {
    Weight part = floats(List.of(2L, 4L), 1, 2, 3, 4, 5, 6, 7, 8).part(1, 1, 2);

    assertThat(part.shape()).containsExactly(2L, 2L);
    assertThat(part.floats()).containsExactly(3, 4, 7, 8);
  }

  @Test
  void part_ofRows_isWholeRows() throws IOException {
    Weight part = floats(List.of(4L, 2L), 1, 2, 3, 4, 5, 6, 7, 8).part(0, 0, 2);

    assertThat(part.shape()).containsExactly(2L, 2L);
    assertThat(part.floats()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void part_unevenSplit_isRejected() {
    Weight weight = floats(List.of(3L), 1, 2, 3);

    assertThatThrownBy(() -> weight.part(0, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count: 2 (expected: a divisor of 3)");
  }

  @Test
  void scaled_byHalf_halvesEachValue() throws IOException {
    assertThat(floats(List.of(2L), 1, -3).scaled(0.5f).floats()).containsExactly(0.5f, -1.5f);
  }

  @Test
  void asBfloat16_valuesBetweenTwo_roundToNearestTiesToEven() throws IOException {
    // The step above 1 is 2^-7; ties are at 2^-8.
    float tieDown = 1 + 1 / 256f;
    float tieUp = 1 + 3 / 256f;
    float above = Math.nextUp(tieDown);

    byte[] bytes = bytesOf(floats(List.of(4L), 1, tieDown, tieUp, above).asBfloat16());

    ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(
            new int[] {values.getShort(), values.getShort(), values.getShort(), values.getShort()})
        .containsExactly(0x3f80, 0x3f80, 0x3f82, 0x3f81);
  }

  @Test
  void float16Bits_everyFloat16_returnsItsBits() {
    for (int bits = 0; bits <= 0xfc00; bits++) {
      if ((bits & 0x7fff) <= 0x7c00) {
        assertThat(HalfFloats.float16Bits((float) float16(bits))).isEqualTo(bits);
      }
    }
  }

  @Test
  void float16Bits_valuesBetweenTwo_roundToNearestTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float middle = (float) ((float16(bits) + float16(bits + 1)) / 2);
      assertThat(HalfFloats.float16Bits(middle)).isEqualTo(bits + (bits & 1));
      assertThat(HalfFloats.float16Bits(Math.nextDown(middle))).isEqualTo(bits);
      assertThat(HalfFloats.float16Bits(Math.nextUp(middle))).isEqualTo(bits + 1);
    }
  }

  @Test
  void float16Bits_tooLarge_areInfinity() {
    assertThat(HalfFloats.float16Bits(Math.nextDown(65_520f))).isEqualTo(0x7bff);
    assertThat(HalfFloats.float16Bits(65_520f)).isEqualTo(0x7c00);
    assertThat(HalfFloats.float16Bits(-Float.MAX_VALUE)).isEqualTo(0xfc00);
  }

  @Test
  void asFloat16_values_keepTheirOrder() throws IOException {
    Weight weight = floats(List.of(2L), 1, -2).asFloat16();

    assertThat(weight.type()).isEqualTo(DataType.DT_HALF);
    assertThat(bytesOf(weight)).containsExactly(0x00, 0x3c, 0x00, 0xc0);
  }

  private static double float16(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) {
      return (bits & 0x8000) == 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    double magnitude =
        exponent == 0
            ? Math.scalb((double) fraction, -24)
            : Math.scalb(1024.0 + fraction, exponent - 25);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  private static Weight floats(List<Long> shape, float... values) {
    return Weight.computed(shape, values::clone);
  }

  private static byte[] bytesOf(Weight weight) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    weight.read((chunk, length) -> bytes.write(chunk, 0, length));
    return bytes.toByteArray();
  }
}
