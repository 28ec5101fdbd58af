package dev.bertserve.server.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.VersionState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What messages say about models. */
final class OipMessagesTest {

  @Test
  void index_versionThatCouldNotBeLoaded_saysWhy() {
    ModelState failed =
        new ModelState(new ModelVersion("bert", 2), VersionState.END, "no space left");

    assertThat(OipMessages.index(List.of(failed)).getModels(0).getReason())
        .isEqualTo("no space left");
  }
}
