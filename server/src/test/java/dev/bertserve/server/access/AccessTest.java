package dev.bertserve.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of tokens and certificates, valid and not. */
final class AccessTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String OTHER = "fedcba9876543210==";

  @TempDir private Path folder;

  private Access tokens(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), content);
    return Access.read(new AccessFiles(Optional.empty(), Optional.empty(), Optional.of(file)));
  }

  private static Access tls(Path certificate, Path key) {
    return Access.read(
        new AccessFiles(Optional.of(certificate), Optional.of(key), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer " + TOKEN, "bearer " + OTHER, "BEARER  " + TOKEN + " "})
  void allows_aTokenOfTheFile_inAnyCaseOfTheScheme(String authorization) throws IOException {
    assertThat(tokens(TOKEN + "\r\n\n  " + OTHER + "\n").allows(authorization)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        "Basic " + TOKEN,
        "Bearer " + TOKEN + "0",
        "Bearer 0123456789abcde",
        "Bearer " + TOKEN + "," + OTHER,
        "Bearer " + TOKEN + " " + OTHER
      })
  void allows_anythingElse_isFalse(String authorization) throws IOException {
    assertThat(tokens(TOKEN + "\n" + OTHER).allows(authorization)).isFalse();
  }

  @Test
  void allows_withoutTokens_isTrue() {
    assertThat(Access.read(AccessFiles.NONE).allows("")).isTrue();
    assertThat(Access.read(AccessFiles.NONE).needsToken()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ' (expected: a token on each line)'",
        "'0123456789abcde' | ' line 1 (expected: a token of 16 or more'",
        "'0123456789abcdef\n0123456789 abcdef' | ' line 2 (expected: a token of 16 or more'",
      })
  void read_invalidTokens_namesTheFileAndNotTheToken(String content, String message) {
    assertThatThrownBy(() -> tokens(content))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("token-file: " + folder.resolve("tokens") + message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("0123456789"));
  }

  @Test
  void read_noSuchFile_isToldWithItsRule() {
    Path none = folder.resolve("none");
    AccessFiles files = new AccessFiles(Optional.empty(), Optional.empty(), Optional.of(none));

    assertThatThrownBy(() -> Access.read(files))
        .hasMessage("token-file: " + none + " (expected: a file that can be read)");
    assertThatThrownBy(() -> tls(none, none))
        .hasMessage("tls-certificate: " + none + " (expected: a file that can be read)");
  }

  @Test
  void files_certificateOrKeyAlone_isRejected() {
    Optional<Path> file = Optional.of(folder);

    assertThatThrownBy(() -> new AccessFiles(file, Optional.empty(), Optional.empty()))
        .hasMessage("tls-key: missing (expected: beside tls-certificate)");
    assertThatThrownBy(() -> new AccessFiles(Optional.empty(), file, Optional.empty()))
        .hasMessage("tls-certificate: missing (expected: beside tls-key)");
  }

  @Test
  void read_certificates_areCheckedAgainstTheirKey() throws Exception {
    TestCertificate one = TestCertificate.create(folder, "one");
    TestCertificate two = TestCertificate.create(folder, "two");

    Identity identity = tls(one.certificate(), one.key()).identity().orElseThrow().value();

    assertThat(identity.chain()).hasSize(1);
    assertThat(identity.chain().get(0).getSubjectX500Principal().getName()).isEqualTo("CN=one");
    assertInvalid(
        one.certificate(), two.key(), "tls-key: %s", "the private key of " + one.certificate());
    assertInvalid(one.key(), one.key(), "tls-certificate: %s", "certificates in PEM");
    assertInvalid(
        one.certificate(),
        one.certificate(),
        "tls-key: %s",
        "-----BEGIN PRIVATE KEY-----, which is PKCS #8 without a password");
    Path damaged =
        Files.writeString(
            folder.resolve("damaged"),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertInvalid(
        one.certificate(), damaged, "tls-key: %s", "a key of the certificate's algorithm, EC");
  }

  private static void assertInvalid(Path certificate, Path key, String start, String rule) {
    assertThatThrownBy(() -> tls(certificate, key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(start.formatted(key) + " (expected: " + rule + ")");
  }

  @Test
  void renew_changedFile_isReadAgainAndABadOneLeavesTheOldTokens() throws IOException {
    Access access = tokens(TOKEN);
    FileValue<?> file = access.values().get(0);

    change(TOKEN + "\n" + OTHER, 1);
    assertThat(access.allows("Bearer " + OTHER)).as("not renewed yet").isFalse();
    file.renew();
    assertThat(access.allows("Bearer " + OTHER)).isTrue();
    change("short", 2);
    file.renew();
    assertThat(access.allows("Bearer " + TOKEN)).isTrue();
    change(OTHER, 3);
    file.renew();
    assertThat(access.allows("Bearer " + TOKEN)).isFalse();
  }

  private void change(String content, int second) throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), content);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000L * second));
  }
}
