package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import java.io.IOException;
import java.nio.file.Files;
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

  /**
   * Maven gives other programs the versions of the nearest dependencies, not those that this build
   * manages: without these, gRPC would get TensorFlow's Protocol Buffers and a Netty of its own.
   */
  @Test
  void dependency_whoseVersionOthersChooseToo_isNamed() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<artifactId>protobuf-java</artifactId>")
        .contains("<artifactId>netty-codec-http2</artifactId>");
  }
}
