package dev.bertserve.server.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheFolderTest {

  @TempDir Path folder;
  private CacheFolder cache = CacheFolder.chosen(Path.of(""));

  @BeforeEach
  void choose() {
    cache = CacheFolder.chosen(folder.resolve("cache"));
  }

  @Test
  void whyNotKept_usualFolderOnScratch_saysWhichFileSystem() {
    CacheFolder usual = CacheFolder.usual(Map.of(), Path.of("/home/a"));

    assertThat(usual.whyNotKept("tmpfs"))
        .contains("/home/a/.cache/bertserve is on tmpfs (expected: a disk, or --model-cache)");
    assertThat(usual.whyNotKept("overlay")).isPresent();
    assertThat(usual.whyNotKept("ext4")).isEmpty();
  }

  @Test
  void whyNotKept_chosenFolderOnScratch_isObeyed() {
    assertThat(cache.whyNotKept("tmpfs")).isEmpty();
  }

  @Test
  void usual_cacheHomeSet_liesThere() {
    assertThat(CacheFolder.usual(Map.of("XDG_CACHE_HOME", "/c"), Path.of("/home/a")).path())
        .isEqualTo(Path.of("/c/bertserve"));
  }

  @Test
  void untrusted_createdFolder_isThisUsersAlone() throws IOException {
    cache.create();

    assertThat(cache.untrusted()).isEmpty();
    assertThat(permissions(cache.path())).isEqualTo("rwx------");
  }

  @Test
  void untrusted_groupMayWrite_namesTheFolder() throws IOException {
    cache.create();
    permit(cache.path(), "rwxrwx---");

    assertThat(cache.untrusted()).get().asString().startsWith(cache.path() + ": others may write");
  }

  @Test
  void untrusted_othersMayWriteToTheParent_namesIt() throws IOException {
    permit(folder, "rwxrwxrwx");

    assertThat(cache.untrusted()).get().asString().startsWith(folder + ": others may write");
  }

  @Test
  void untrustedEntry_fileThatOthersMayWriteTo_namesIt() throws IOException {
    Path file = Files.createFile(Files.createDirectory(folder.resolve("entry")).resolve("file"));
    permit(folder.resolve("entry"), "rwxr-xr-x");
    permit(file, "rw-r--r--");
    assertThat(CacheFolder.untrustedEntry(folder.resolve("entry"))).isEmpty();

    permit(file, "rw-rw-r--");

    assertThat(CacheFolder.untrustedEntry(folder.resolve("entry")))
        .get()
        .asString()
        .startsWith(file + ": others may write");
  }

  @Test
  void untrustedEntry_link_isRefused() throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));
    permit(target, "rwx------");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);

    assertThat(CacheFolder.untrustedEntry(link)).isPresent();
  }

  private static void permit(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
