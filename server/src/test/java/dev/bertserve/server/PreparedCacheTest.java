package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.prepared.CacheFolder;
import dev.bertserve.server.prepared.Pace;
import dev.bertserve.server.prepared.PreparedCache;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.savedmodel.ModelPreparer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that is kept is the model; one that cannot be kept is prepared each time. */
final class PreparedCacheTest {

  private static final long MANY_BYTES = 1 << 30;
  private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
  private static final Pace UNPACED = new Pace(0, () -> 0, nanos -> {});

  @TempDir Path folder;
  private Path source = Path.of("");
  private final AtomicInteger preparations = new AtomicInteger();

  @BeforeEach
  void copyModel() throws IOException {
    source = Models.copy(SmallModels.folder("bert_uncased"), folder.resolve("model"));
  }

  @Test
  void open_again_preparesOnce() throws IOException {
    PreparedModel first = open(source, MANY_BYTES, 0);
    PreparedModel second = open(source, MANY_BYTES, 1);

    assertThat(preparations).hasValue(1);
    assertThat(second.signature()).isEqualTo(first.signature());
    assertThat(second.encoder()).isEqualTo(first.encoder());
  }

  @Test
  void open_modelChanged_preparesAnew() throws IOException {
    open(source, MANY_BYTES, 0);
    Files.writeString(source.resolve("assets").resolve("note.txt"), "other");
    open(source, MANY_BYTES, 1);

    assertThat(preparations).hasValue(2);
    assertThat(kept()).hasSize(2);
  }

  @Test
  void open_signatureNamed_isKeptApart() throws IOException {
    open(source, MANY_BYTES, 0);
    new PreparedCache(CacheFolder.chosen(cache()), MANY_BYTES, () -> 1)
        .open(source, Optional.of("serving_default"), () -> ModelPreparer.prepare(source))
        .writing()
        .write(UNPACED);

    assertThat(kept()).hasSize(2);
  }

  @Test
  void open_tokenizerBesideChanged_preparesAnew() throws IOException {
    Path parent = Files.createDirectories(folder.resolve("mine/saved_model"));
    Path version = Models.copy(source, parent.resolve("1"));
    Path definition = folder.resolve("mine/tokenizer.json");
    Files.writeString(definition, "{}");
    open(version, MANY_BYTES, 0);
    Files.writeString(definition, "{ }");
    open(version, MANY_BYTES, 1);

    assertThat(preparations).hasValue(2);
  }

  @Test
  void open_keptModelDamaged_preparesAnew() throws IOException {
    open(source, MANY_BYTES, 0);
    Path weights = kept().get(0).resolve("weights.bin");
    Files.write(weights, new byte[10]);
    open(source, MANY_BYTES, 1);
    open(source, MANY_BYTES, 2);

    assertThat(preparations).hasValue(2);
    assertThat(Files.size(weights)).isGreaterThan(10);
  }

  @Test
  void open_folderCannotBeWritten_preparesEachTime() throws IOException {
    Files.createFile(cache());
    open(source, MANY_BYTES, 0);
    open(source, MANY_BYTES, 1);

    assertThat(preparations).hasValue(2);
  }

  @Test
  void open_moreThanFit_forgetsTheOneUsedLongestAgo() throws IOException {
    Path other = copyWithNote("other");
    open(source, MANY_BYTES, 0);
    open(other, MANY_BYTES, 0);
    open(source, MANY_BYTES, 2_000);
    open(other, MANY_BYTES, 1_000);
    Path oldest = kept().stream().filter(entry -> lastUsed(entry) == 1_000).findFirst().get();
    open(copyWithNote("third"), bytes(cache()) + 1_000, 3_000);

    assertThat(kept()).hasSize(2).doesNotContain(oldest);
  }

  @Test
  void open_modelLargerThanTheBound_keepsNothing() throws IOException {
    open(source, 1_000, 0);

    assertThat(cache()).doesNotExist();
  }

  @Test
  void open_byTwoAtOnce_bothHaveTheModel() throws IOException {
    List<CompletableFuture<PreparedModel>> both =
        Stream.of(0L, 1L).map(now -> CompletableFuture.supplyAsync(() -> opened(now))).toList();

    assertThat(both).allSatisfy(model -> assertThat(model.join().signature()).isNotNull());
    assertThat(kept()).hasSize(1);
  }

  @Test
  void open_beforeTheWriting_leavesNoTrace() throws IOException {
    opened(source, MANY_BYTES, 0);

    assertThat(cache()).doesNotExist();
  }

  @Test
  void write_interrupted_leavesNothing() throws IOException {
    PreparedCache.Opened opened = opened(source, MANY_BYTES, 0);
    opened.writing().write(interruptedAtTheFirstPiece());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(kept()).isEmpty();
  }

  @Test
  void write_modelReplacedMeanwhile_keepsNothing() throws IOException {
    PreparedCache.Opened opened = opened(source, MANY_BYTES, 0);
    Files.writeString(source.resolve("assets").resolve("note.txt"), "other");
    opened.writing().write(UNPACED);

    assertThat(kept()).isEmpty();
  }

  @Test
  void open_whileAnotherWrites_preparesAndOneEntryIsKept() throws IOException {
    PreparedCache.Opened first = opened(source, MANY_BYTES, 0);
    first.writing().write(new Pace(1, () -> 0, nanos -> opened(1)));

    assertThat(preparations).hasValue(2);
    assertThat(kept()).hasSize(1);
  }

  @Test
  void open_folderThatOthersMayWriteTo_isIgnored() throws IOException {
    open(source, MANY_BYTES, 0);
    Files.setPosixFilePermissions(cache(), PosixFilePermissions.fromString("rwxrwxrwx"));
    open(source, MANY_BYTES, 1);

    assertThat(preparations).hasValue(2);
  }

  @Test
  void open_entryThatOthersMayWriteTo_isIgnored() throws IOException {
    open(source, MANY_BYTES, 0);
    Files.setPosixFilePermissions(
        kept().get(0).resolve("weights.bin"), PosixFilePermissions.fromString("rw-rw-rw-"));
    open(source, MANY_BYTES, 1);

    assertThat(preparations).hasValue(2);
  }

  @Test
  void write_entryOfAProcessThatWasKilled_isDeletedAfterADay() throws IOException {
    open(source, MANY_BYTES, 0);
    Path abandoned = Files.createDirectory(cache().resolve("key.partial-1"));
    Files.writeString(abandoned.resolve("weights.bin"), "half");
    Files.setLastModifiedTime(abandoned, FileTime.fromMillis(0));
    open(copyWithNote("other"), MANY_BYTES, DAY_MILLIS);
    assertThat(abandoned).exists();
    open(copyWithNote("third"), MANY_BYTES, DAY_MILLIS + 1);

    assertThat(abandoned).doesNotExist();
  }

  private static Pace interruptedAtTheFirstPiece() {
    return new Pace(
        1,
        () -> 0,
        nanos -> {
          throw new InterruptedException();
        });
  }

  private Path copyWithNote(String note) throws IOException {
    Path copy = Models.copy(source, folder.resolve(note));
    Files.writeString(copy.resolve("assets").resolve("note.txt"), note);
    return copy;
  }

  private PreparedModel opened(long nowMillis) {
    try {
      return open(source, MANY_BYTES, nowMillis);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private PreparedModel open(Path model, long maxBytes, long nowMillis) throws IOException {
    PreparedCache.Opened opened = opened(model, maxBytes, nowMillis);
    opened.writing().write(UNPACED);
    return opened.model();
  }

  private PreparedCache.Opened opened(Path model, long maxBytes, long nowMillis)
      throws IOException {
    return new PreparedCache(CacheFolder.chosen(cache()), maxBytes, () -> nowMillis)
        .open(
            model,
            Optional.empty(),
            () -> {
              preparations.incrementAndGet();
              return ModelPreparer.prepare(model);
            });
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> entries = Files.list(cache())) {
      return entries.toList();
    }
  }

  private static long lastUsed(Path entry) {
    try {
      return Files.getLastModifiedTime(entry).toMillis();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
