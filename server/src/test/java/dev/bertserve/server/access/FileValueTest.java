package dev.bertserve.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileValueTest {

  @TempDir private Path folder;

  private boolean readable = true;

  @Test
  void renew_changeThatCannotBeRead_isTriedAgain() throws Exception {
    Path file = folder.resolve("token");
    Files.writeString(file, "old");
    FileValue<String> value = new FileValue<>(List.of(file), () -> read(file));

    Files.writeString(file, "renewed");
    readable = false;
    value.renew();
    assertThat(value.value()).isEqualTo("old");

    // As after a change of permissions: size and time of the file stay
    readable = true;
    value.renew();
    assertThat(value.value()).isEqualTo("renewed");
  }

  private String read(Path file) {
    if (!readable) {
      throw new IllegalArgumentException(file + ": unreadable (expected: a file)");
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
