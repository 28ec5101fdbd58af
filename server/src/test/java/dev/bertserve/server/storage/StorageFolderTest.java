package dev.bertserve.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StorageFolderTest {

  @Test
  void parse_slashesAtTheEnd_areIgnored() {
    assertThat(StorageFolder.parse("gs://a-bucket/models/one//"))
        .isEqualTo(StorageFolder.parse("gs://a-bucket/models/one"))
        .hasToString("gs://a-bucket/models/one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gs://a-bucket", "gs://a-bucket/"})
  void parse_bucketAlone_hasAllItsObjects(String uri) {
    assertThat(StorageFolder.parse(uri).prefix()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gs://", "gs:///models", "gs://A_Bucket!/models", "gs://a-bucket//models"})
  void parse_noBucketOrFolder_isRejected(String uri) {
    assertThatThrownBy(() -> StorageFolder.parse(uri))
        .hasMessage("model: " + uri + " (expected: gs://bucket/folder)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/../x", "/x", "a//x", "./x", "a\\x", "a\nx", "a\u0000", "a/"})
  void object_nameThatLeavesItsFolder_isRejected(String path) {
    assertThatThrownBy(() -> new StoredObject(path, 0, 0, 0))
        .hasMessageStartingWith("object: ")
        .hasMessageContaining("(expected: names between slashes")
        .hasMessageNotContaining("\n");
  }
}
