package dev.bertserve.server.prepared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DownloadsTest {

  @TempDir Path folder;
  private Path place = Path.of("");
  private Downloads downloads = new Downloads(List.of());

  @BeforeEach
  void choosePlace() throws IOException {
    place = folder.resolve("cache");
    downloads = new Downloads(List.of(CacheFolder.chosen(place)));
  }

  @AfterEach
  void close() {
    downloads.close();
  }

  @Test
  void open_twice_makesTwoEmptyFolders() throws IOException {
    Path one = downloads.open();
    Path other = downloads.open();

    assertThat(one).isEmptyDirectory().isNotEqualTo(other);
    assertThat(other).isEmptyDirectory();
  }

  @Test
  void open_whatAKilledProcessLeft_isDeleted() throws IOException {
    Path left = Files.createDirectories(place.resolve("killed/model"));
    Files.writeString(left.resolveSibling("lock"), "");
    Files.writeString(left.resolve("weights"), "half");
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
    downloads.open();

    assertThat(place.resolve("killed")).doesNotExist();
  }

  @Test
  void open_placeThatOthersMayWriteTo_takesTheNext() throws IOException {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (Downloads two =
        new Downloads(List.of(CacheFolder.chosen(shared), CacheFolder.chosen(place)))) {
      assertThat(two.open()).startsWith(place);
    }
  }

  @Test
  void open_noPlace_saysWhyInOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    try (Downloads none = new Downloads(List.of(CacheFolder.chosen(file.resolve("below"))))) {
      assertThatThrownBy(none::open)
          .hasMessageStartingWith("download: no place: ")
          .hasMessageContaining(file.toString())
          .hasMessageContaining("(expected: a folder that this user alone can write to");
    }
  }

  @Test
  void delete_folder_leavesNothing() throws IOException {
    Path model = downloads.open();
    Files.writeString(model.resolve("weights"), "bytes");
    downloads.delete(model);
    downloads.delete(model);

    assertThat(model.getParent()).doesNotExist();
  }

  @Test
  void close_folders_areDeletedAndNoMoreAreMade() throws IOException {
    Path model = downloads.open();
    downloads.close();

    assertThat(model.getParent()).doesNotExist();
    assertThatThrownBy(downloads::open).hasMessage("download: stopped");
  }

  @Test
  void requireSpace_tooLittle_saysTheNumbers() {
    assertThatThrownBy(() -> Downloads.requireSpace(place, 433, 432))
        .hasMessage("download: 433 bytes to " + place + " (expected: at most 432, which are free)");
  }

  @Test
  void requireSpace_moreThanAnyDisk_isRejected() throws IOException {
    Path model = downloads.open();

    assertThatThrownBy(() -> Downloads.requireSpace(model, Long.MAX_VALUE))
        .hasMessageStartingWith("download: 9223372036854775807 bytes to " + model);
  }
}
