package dev.bertserve.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChecksumsTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 7", "7, 0", "1, 1", "40000, 60000", "3, 99999"})
  void joined_twoParts_isThatOfTheWhole(int first, int second) {
    byte[] bytes = new byte[first + second];
    new Random(first).nextBytes(bytes);

    assertThat(Checksums.joined(checksum(bytes, 0, first), checksum(bytes, first, second), second))
        .isEqualTo(checksum(bytes, 0, bytes.length));
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
  }
}
