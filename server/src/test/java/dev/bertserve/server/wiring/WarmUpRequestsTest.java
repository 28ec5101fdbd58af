package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.CountingModel;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpRequestsTest {

  @Test
  void replay_badFile_doesNotFail(@TempDir Path folder) throws Exception {
    CountingModel model =
        new CountingModel(
            ModelSignature.ofTexts(List.of("text"), List.of(new OutputSpec("score", List.of(1)))));
    Files.writeString(folder.resolve("saved_model.pb"), "not read");
    ModelLocation location = new ModelLocation(folder, "model", Optional.empty(), Optional.empty());
    WarmUpRequests.replay(location, model::lease);
    Files.createDirectory(folder.resolve("assets.extra"));
    Files.writeString(folder.resolve("assets.extra/tf_serving_warmup_requests"), "no record");

    WarmUpRequests.replay(location, model::lease);

    assertThat(model.rows).isEmpty();
  }

  @Test
  void replay_folderIsGone_doesNotFail(@TempDir Path folder) {
    CountingModel model =
        new CountingModel(
            ModelSignature.ofTexts(List.of("text"), List.of(new OutputSpec("score", List.of(1)))));
    ModelLocation location =
        new ModelLocation(folder.resolve("gone"), "model", Optional.empty(), Optional.empty());

    WarmUpRequests.replay(location, model::lease);

    assertThat(model.rows).isEmpty();
  }
}
