package dev.bertserve.server.bulk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PackingTest {

  /** As on a pipe, nothing is available between two parts until the second one arrives. */
  @ParameterizedTest
  @EnumSource
  void unpacked_partsThatArriveOneByOne_areAllRead(Packing packing) throws IOException {
    InputStream arriving =
        new SequenceInputStream(
            new ByteArrayInputStream(packing.packed("one\n".getBytes(UTF_8))),
            new ByteArrayInputStream(packing.packed("two\n".getBytes(UTF_8))));

    byte[] unpacked = Packing.unpacked(arriving).readAllBytes();

    assertThat(new String(unpacked, UTF_8)).isEqualTo("one\ntwo\n");
  }
}
