package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class LibraryPageTest {

  @Test
  void example_withoutCommandsAndLog_printsScoresOnly(@TempDir Path folder) throws Exception {
    List<String> lines =
        LibraryExample.run(folder, Map.of(), "Example", Models.builtIn().toString());

    assertThat(lines).hasSize(3);
    assertThat(Float.parseFloat(lines.get(0))).isNotEqualTo(Float.parseFloat(lines.get(1)));
    assertThat(lines.get(2)).isEqualTo("2000");
  }

  @Test
  void serverExample_withoutCommandsAndLog_printsTheResponseOnly(@TempDir Path folder)
      throws Exception {
    List<String> lines =
        LibraryExample.run(folder, Map.of(), "ServerExample", Models.builtIn().toString());

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).matches("\\{\"predictions\":\\[\\[0\\.\\d+]]}");
  }
}
