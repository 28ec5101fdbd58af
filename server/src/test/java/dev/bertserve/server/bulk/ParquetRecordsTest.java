package dev.bertserve.server.bulk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ParquetRecordsTest {

  @TempDir private Path folder;

  /** The last bytes of another file may look like the length of a footer. */
  @ParameterizedTest
  @CsvSource({"0, 1", "100, 0", "100, 1", "100, 127", "100, -1"})
  void open_otherFile_isNamed(int length, byte value) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, value);
    Path file = Files.write(folder.resolve("reviews.avro"), bytes);

    assertThatThrownBy(() -> new ParquetRecords(file))
        .isInstanceOf(RuntimeException.class)
        .hasMessageStartingWith(file + " is not a Parquet file");
  }
}
