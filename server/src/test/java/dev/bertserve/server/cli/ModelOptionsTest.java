package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bertserve.server.wiring.ModelSettings;
import dev.bertserve.server.wiring.NamedModel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Which models a command line names. */
final class ModelOptionsTest {

  @TempDir private Path folder;

  @Test
  void settings_nothingGiven_isTheBuiltInModel() {
    ModelSettings settings = parse(Map.of());

    assertThat(settings.named()).containsExactly(new NamedModel("bert", ""));
    assertThat(settings.defaultName()).isEqualTo("bert");
    assertThat(settings.poll()).isEmpty();
  }

  @Test
  void settings_severalModels_keepTheirOrderAndTheFirstIsTheDefault() {
    ModelSettings settings = parse(Map.of(), "--model=b=" + folder, "--model", "a=" + folder);

    assertThat(settings.named()).extracting(NamedModel::name).containsExactly("b", "a");
    assertThat(settings.defaultName()).isEqualTo("b");
    assertThat(parse(Map.of(), "--model=b=" + folder + ",a=" + folder, "--model-name=a"))
        .extracting(ModelSettings::defaultName)
        .isEqualTo("a");
  }

  @Test
  void settings_modelAndModels_areServedTogether() {
    ModelSettings settings = parse(Map.of("AIP_STORAGE_URI", "/one"), "--model=a=" + folder);

    assertThat(settings.named())
        .containsExactly(new NamedModel("bert", "/one"), new NamedModel("a", folder.toString()));
    assertThat(settings.defaultName()).isEqualTo("bert");
  }

  @Test
  void settings_variableOfModels_isNotThatOfMODEL() {
    ModelSettings settings = parse(Map.of("BERTSERVE_MODELS", "a=" + folder + ",b=" + folder));

    assertThat(settings.named()).extracting(NamedModel::name).containsExactly("a", "b");
    assertThat(parse(Map.of("BERTSERVE_MODEL", "/one")).named())
        .containsExactly(new NamedModel("bert", "/one"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model=a | model: a (expected: NAME=PATH)",
        "--model==. | model: =. (expected: NAME=PATH)",
        "--model=a= | model: a= (expected: NAME=PATH)",
        "--model=a=no/such | model: a=no/such (expected: a PATH that exists)",
        "--model=a=.,a=/ | model: a (expected: each name once)",
        "--model-name= | model-name: empty (expected: a name)",
        "--model=a=. --model-name=b | model-name: b (expected: one of [a])",
        "/one --model=bert=. | model: bert (expected: each name once)",
        "--versions=new | versions: new (expected: latest, all, or numbers such as 3,5)",
        "--label=stable=1 | label: stable=1 (expected: NAME:LABEL=N)",
        "--label=a:stable=1 | label: a (expected: one of [bert])",
        "--label=bert:s=1,bert:s=2 | label: bert:s=2 (expected: each label once)",
        "--version-poll-seconds=-1 | version-poll-seconds: -1 (expected: 0 to 86400)",
      })
  void settings_badModels_nameTheValueAndTheRule(String line, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(Map.of(), line.split(" ")))
        .withMessage(message);
  }

  private static ModelSettings parse(Map<String, String> environment, String... args) {
    ServeOptions options = new ServeOptions();
    CommandLine command = new CommandLine(options);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setDefaultValueProvider(new EnvironmentDefaults(environment));
    command.parseArgs(args);
    return options.settings(1, 1_000_000).models();
  }
}
