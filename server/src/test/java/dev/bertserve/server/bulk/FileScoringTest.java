package dev.bertserve.server.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.CountingModel;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileScoringTest {

  @TempDir Path folder;

  @Test
  void run_manyRowsThatCannotBeScored_areWrittenInGroups() throws IOException {
    Path file = folder.resolve("in.jsonl");
    Files.write(file, Collections.nCopies(3_000, "5"));
    CountingModel model =
        new CountingModel(
            new ModelSignature(
                List.of(InputSpec.text("text")), List.of(new OutputSpec("score", List.of()))));
    List<Long> written = new ArrayList<>();

    try (JoinedRows rows =
        JoinedRows.open(
            new OneFile(file),
            null,
            new RowLayout(List.of(), List.of(), model.signature().inputs()))) {
      OutputChoice choice =
          new OutputChoice(
              Optional.of(folder.resolve("out.jsonl")), PredictionForm.TENSOR, 0, "model");
      assertThat(new FileScoring(rows, model, choice).run(written::add)).isEqualTo(3_000);
    }

    // No more is in memory at a time, however many there are.
    assertThat(written).hasSize(6).allMatch(count -> count <= 512);
  }

  private record OneFile(Path path) implements RowFiles {

    @Override
    public List<String> names() {
      return List.of(path.toString());
    }

    @Override
    public Path local(int index) {
      return path;
    }

    @Override
    public void close() {}
  }
}
