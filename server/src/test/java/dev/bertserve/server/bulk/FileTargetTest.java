package dev.bertserve.server.bulk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTargetTest {

  private static final byte[] HEADER = "text,score\n".getBytes(UTF_8);
  private static final byte[] NONE = new byte[0];

  @TempDir private Path folder;

  private FileTarget target(String name) {
    return new FileTarget(folder.resolve(name), false, Packing.NONE, "model m");
  }

  /** So a run that is killed while it writes the header leaves no file that nobody may touch. */
  @Test
  void resume_fileThatCannotBeOpened_leavesAStateBesideIt() throws IOException {
    Files.createDirectory(folder.resolve("out.csv.rows"));
    FileTarget parquet = new FileTarget(folder.resolve("out.csv"), true, Packing.NONE, "model m");

    assertThatThrownBy(() -> parquet.resume(HEADER)).isInstanceOf(IOException.class);

    assertThat(RunState.read(folder.resolve("out.csv.state"))).isEqualTo(RunState.start("model m"));
  }

  @Test
  void resume_halfAHeader_isWrittenAgain() throws IOException {
    RunState.start("model m").write(folder.resolve("out.csv.state"));
    Files.writeString(folder.resolve("out.csv"), "text,sc");

    try (FileTarget target = target("out.csv")) {
      assertThat(target.resume(HEADER).rows()).isZero();
      target.write("a,1\n".getBytes(UTF_8), NONE, 1, 0, 7);
      target.finish();
    }

    assertThat(folder.resolve("out.csv")).hasContent("text,score\na,1\n");
  }

  @Test
  void resume_onlyBadRowsSoFar_keepsTheirChecksum() throws IOException {
    try (FileTarget target = target("out.jsonl")) {
      target.resume(NONE);
      target.write(NONE, "bad\n".getBytes(UTF_8), 1, 1, 7);
    }

    try (FileTarget target = target("out.jsonl")) {
      assertThat(target.resume(NONE).checksum()).isEqualTo(7);
    }
    assertThat(folder.resolve("out.jsonl.errors")).hasContent("bad\n");
  }

  @Test
  void write_diskThatIsFull_namesTheFile() throws IOException {
    Path file = Files.createSymbolicLink(folder.resolve("out.jsonl"), Path.of("/dev/full"));
    try (FileTarget target = target("out.jsonl")) {
      target.resume(NONE);

      assertThatThrownBy(() -> target.write("a".getBytes(UTF_8), NONE, 1, 0, 7))
          .hasMessage(file + ": No space left on device");
    }
  }

  /** A wrong name of a column is found when the output has been begun. */
  @Test
  void resume_otherArgumentsAfterARunWithoutRows_beginsAnew() throws IOException {
    RunState.start("model of other columns").write(folder.resolve("out.csv.state"));
    Files.writeString(folder.resolve("out.csv"), "other,score\n");

    try (FileTarget target = target("out.csv")) {
      target.resume(HEADER);
      target.write("a,1\n".getBytes(UTF_8), NONE, 1, 0, 7);
      target.finish();
    }

    assertThat(folder.resolve("out.csv")).hasContent("text,score\na,1\n");
  }
}
