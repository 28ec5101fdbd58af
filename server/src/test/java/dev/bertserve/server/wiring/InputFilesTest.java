package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputFilesTest {

  @ParameterizedTest
  @ValueSource(strings = {"gs://bucket", "gs://bucket/", "gs://"})
  void of_bucketWithoutAFile_isRefused(String pattern) {
    assertThatThrownBy(() -> InputFiles.of(pattern, Map.of(), line -> {}))
        .hasMessage("file: " + pattern + " (expected: gs://bucket/file)");
  }
}
