package dev.bertserve.server.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;

/** The key of the cache of prepared models. */
final class SourceDigestTest {

  private static final String DATA = "variables/variables.data-00000-of-00001";

  @TempDir Path folder;
  private Path model = Path.of("");

  @BeforeEach
  void copyModel() throws IOException {
    model = Models.copy(Models.builtIn(), folder.resolve("model"));
  }

  @Test
  void ofPreparing_otherWeightsOfTensorFlow_differsWithSizesAndTimesAlike() throws IOException {
    save(1);
    long bytes = Files.size(model.resolve(DATA));
    String before = SourceDigest.ofPreparing(model, Optional.empty());
    save(2);

    assertThat(Files.size(model.resolve(DATA))).isEqualTo(bytes);
    assertThat(SourceDigest.ofPreparing(model, Optional.empty())).isNotEqualTo(before);
    save(1);
    assertThat(SourceDigest.ofPreparing(model, Optional.empty())).isEqualTo(before);
  }

  @Test
  void ofPreparing_weights_areNotRead() throws IOException {
    String before = SourceDigest.ofPreparing(model, Optional.empty());
    try (RandomAccessFile data = new RandomAccessFile(model.resolve(DATA).toFile(), "rw")) {
      data.write(data.read() ^ 1);
    }

    assertThat(SourceDigest.ofPreparing(model, Optional.empty())).isEqualTo(before);
  }

  @Test
  void ofPreparing_weightsCutOff_differs() throws IOException {
    String before = SourceDigest.ofPreparing(model, Optional.empty());
    try (RandomAccessFile data = new RandomAccessFile(model.resolve(DATA).toFile(), "rw")) {
      data.setLength(data.length() - 1);
    }

    assertThat(SourceDigest.ofPreparing(model, Optional.empty())).isNotEqualTo(before);
  }

  @Test
  void ofPreparing_assetBehindALink_isRead() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(model.resolve("assets"), elsewhere);
    Files.createSymbolicLink(model.resolve("assets"), elsewhere);
    String before = SourceDigest.ofPreparing(model, Optional.empty());
    try (Stream<Path> assets = Files.list(elsewhere)) {
      Files.writeString(assets.findFirst().orElseThrow(), "other");
    }

    assertThat(SourceDigest.ofPreparing(model, Optional.empty())).isNotEqualTo(before);
  }

  private void save(float value) throws IOException {
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      tf.train.save(
          tf.constant(model.resolve("variables/variables").toString()),
          tf.array("weight"),
          tf.array(""),
          List.of(tf.constant(new float[] {value, -value})));
    }
    try (Stream<Path> files = Files.list(model.resolve("variables"))) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      }
    }
  }
}
