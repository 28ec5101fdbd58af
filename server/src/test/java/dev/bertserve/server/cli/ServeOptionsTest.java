package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.ServerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Settings from flags, environment and defaults. */
final class ServeOptionsTest {

  private static final int PROCESSORS = 6;
  private static final long HEAP_BYTES = 1_000_000_000;

  @Test
  void settings_nothingGiven_areTheDefaults() {
    ServerSettings settings = parse(Map.of());

    assertThat(settings.models().named().get(0).path()).isEmpty();
    assertThat(settings.models().defaultName()).isEqualTo("bert");
    assertThat(settings.host()).isEqualTo("0.0.0.0");
    assertThat(settings.port()).isEqualTo(8080);
    assertThat(settings.grpcPort()).isZero();
    assertThat(settings.healthRoute()).isEqualTo("/health");
    assertThat(settings.predictRoute()).isEqualTo("/predict");
    assertThat(settings.engine().precision()).isEqualTo(Precision.AUTO);
    assertThat(settings.engine().threadsPerRun()).isEqualTo(1);
    assertThat(settings.maxBodyBytes()).isEqualTo(HttpSettings.DEFAULT_MAX_BODY_BYTES);
    assertThat(settings.maxBytesInFlight()).isEqualTo(HEAP_BYTES / 4);
    assertThat(settings.maxBatchRows()).isEqualTo(64);
    assertThat(settings.runners()).isZero();
    assertThat(settings.engine().maxBatchTokens()).isZero();
    assertThat(settings.outputForm()).isEqualTo(PredictionForm.TENSOR);
  }

  @Test
  void settings_vertexVariables_comeBeforeDefaults() {
    ServerSettings settings =
        parse(
            Map.of(
                "AIP_HTTP_PORT", "9090",
                "AIP_HEALTH_ROUTE", "/v1/endpoints/1/deployedModels/2",
                "AIP_PREDICT_ROUTE", "/v1/endpoints/1/deployedModels/2:predict",
                "AIP_STORAGE_URI", "/models/one"));

    assertThat(settings.port()).isEqualTo(9090);
    assertThat(settings.healthRoute()).isEqualTo("/v1/endpoints/1/deployedModels/2");
    assertThat(settings.predictRoute()).isEqualTo("/v1/endpoints/1/deployedModels/2:predict");
    assertThat(settings.models().named().get(0).path()).isEqualTo("/models/one");
  }

  @Test
  void settings_routes_areDecodedAndStartWithASlash() {
    ServerSettings settings =
        parse(Map.of("AIP_HEALTH_ROUTE", "up", "AIP_PREDICT_ROUTE", "/models/2%3Apredict+x"));

    assertThat(settings.healthRoute()).isEqualTo("/up");
    assertThat(settings.predictRoute()).isEqualTo("/models/2:predict+x");
  }

  @Test
  void settings_ownVariables_comeBeforeVertexVariables() {
    ServerSettings settings =
        parse(
            Map.of(
                "AIP_HTTP_PORT", "9090",
                "AIP_STORAGE_URI", "/models/one",
                "BERTSERVE_PORT", "7070",
                "BERTSERVE_MODEL", "/models/two",
                "BERTSERVE_MAX_BATCH_ROWS", "16",
                "BERTSERVE_MAX_BYTES_IN_FLIGHT", "1000",
                "BERTSERVE_OUTPUT_FORM", "scalar"));

    assertThat(settings.port()).isEqualTo(7070);
    assertThat(settings.models().named().get(0).path()).isEqualTo("/models/two");
    assertThat(settings.maxBatchRows()).isEqualTo(16);
    assertThat(settings.maxBytesInFlight()).isEqualTo(1_000);
    assertThat(settings.outputForm()).isEqualTo(PredictionForm.SCALAR);
  }

  @Test
  void settings_flags_comeBeforeEverything() {
    ServerSettings settings =
        parse(
            Map.of("AIP_HTTP_PORT", "9090", "BERTSERVE_PORT", "7070", "BERTSERVE_MODEL", "/two"),
            "/three",
            "--port",
            "6060",
            "--drain-seconds",
            "3");

    assertThat(settings.port()).isEqualTo(6060);
    assertThat(settings.models().named().get(0).path()).isEqualTo("/three");
    assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void settings_opLibraries_areRepeatedOrAList() {
    Path one = Path.of("/libraries/one.so");
    Path two = Path.of("two");

    assertThat(parse(Map.of()).opLibraries()).isEmpty();
    assertThat(parse(Map.of("BERTSERVE_OP_LIBRARY", one + ":" + two)).opLibraries())
        .containsExactly(one, two);
    assertThat(
            parse(
                    Map.of("BERTSERVE_OP_LIBRARY", "three"),
                    "--op-library",
                    one.toString(),
                    "--op-library=" + two)
                .opLibraries())
        .containsExactly(one, two);
  }

  @Test
  void settings_otherPrecisionThanTheOriginalGraphs_isRejected() {
    assertThatThrownBy(() -> parse(Map.of(), "--op-library=a", "--precision=bf16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "precision: bf16 (expected: auto or fp32 with op-library, which runs the original graph)");
    assertThat(parse(Map.of(), "--op-library=a", "--precision=fp32").opLibraries()).hasSize(1);
  }

  @Test
  void settings_emptyVariables_countAsNotSet() {
    ServerSettings settings =
        parse(Map.of("AIP_STORAGE_URI", "", "BERTSERVE_PORT", "", "AIP_HTTP_PORT", "9090"));

    assertThat(settings.models().named().get(0).path()).isEmpty();
    assertThat(settings.port()).isEqualTo(9090);
  }

  @Test
  void settings_addressThatKubernetesSets_isNotAPort() {
    assertThat(parse(Map.of("BERTSERVE_PORT", "tcp://10.0.0.7:8080")).port()).isEqualTo(8080);
  }

  @Test
  void environment_unknownVariable_isRejectedWithTheNearest() {
    assertThatThrownBy(() -> requireKnown("BERTSERVE_MAX_BATCH_ROW", "16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "BERTSERVE_MAX_BATCH_ROW: unknown variable (expected: one such as"
                + " BERTSERVE_MAX_BATCH_ROWS)");
    assertThatThrownBy(() -> requireKnown("BERTSERVE_PRECISON", ""))
        .hasMessageContaining("BERTSERVE_PRECISION");
  }

  @ParameterizedTest
  @CsvSource({
    "BERTSERVE_PORT, 9090",
    "BERTSERVE_MODEL, /models/one",
    "BERTSERVE_SERVICE_HOST, 10.0.0.7",
    "BERTSERVE_SERVICE_PORT, 8080",
    "BERTSERVE_SERVICE_PORT_HTTP, 8080",
    "BERTSERVE_CANARY_SERVICE_HOST, 10.0.0.7",
    "BERTSERVE_CANARY_PORT, tcp://10.0.0.7:8080",
    "BERTSERVE_PORT_8080_TCP, tcp://10.0.0.7:8080",
    "BERTSERVE_PORT_8080_TCP_ADDR, 10.0.0.7",
    "BERTSERVER_ANYTHING, 1",
    "AIP_HTTP_PORT, 9090"
  })
  void environment_flagsAndWhatKubernetesSets_isKnown(String name, String value) {
    requireKnown(name, value);
  }

  private static void requireKnown(String name, String value) {
    new EnvironmentDefaults(Map.of(name, value))
        .requireKnown(new CommandLine(new ServeOptions()).getCommandSpec());
  }

  @Test
  void settings_variablesNamedAsHelpFlags_areIgnored() {
    CommandLine command = new CommandLine(new WithHelp());
    command.setDefaultValueProvider(
        new EnvironmentDefaults(Map.of("BERTSERVE_VERSION", "1.2", "BERTSERVE_HELP", "true")));

    assertThat(command.parseArgs().isUsageHelpRequested()).isFalse();
    assertThat(command.isVersionHelpRequested()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port=70000 | port: 70000 (expected: 0 to 65535)",
        "--grpc-port=-2 | grpc-port: -2 (expected: -1 to 65535)",
        "--port=-1 | port: -1 (expected: 0 to 65535)",
        "--max-body-bytes=0 | max-body-bytes: 0 (expected: 1 to 2147483647)",
        "--max-batch-rows=0 | max-batch-rows: 0 (expected: 1 to 4096)",
        "--max-rows-in-flight=0 | max-rows-in-flight: 0 (expected: 1 to 2147483647)",
        "--runners=-1 | runners: -1 (expected: 0 to 1024)",
        "--threads-per-run=-1 | threads-per-run: -1 (expected: >= 1)",
        "--max-batch-tokens=-1 | max-batch-tokens: -1 (expected: >= 0)",
        "--precision-tolerance=-1 | precision-tolerance: -1.0 (expected: >= 0)",
        "--drain-seconds=-1 | drain-seconds: -1 (expected: 0 to 3600)",
        "--health-route=/{a} | health-route: /{a} (expected: a path such as /predict)",
        "--predict-route=/%zz | predict-route: /%zz (expected: two hex digits after each percent sign)",
      })
  void settings_valueOutOfRange_namesFlagValueAndRule(String flag, String message) {
    assertThatThrownBy(() -> parse(Map.of(), flag))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void settings_notANumber_isBadUsage() {
    assertThatThrownBy(() -> parse(Map.of("BERTSERVE_PORT", "eighty")))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("--port")
        .hasMessageContaining("eighty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AIP_HTTP_PORT | 70000 | AIP_HTTP_PORT: 70000 (expected: 0 to 65535)",
        "BERTSERVE_PORT | -1 | BERTSERVE_PORT: -1 (expected: 0 to 65535)",
        "AIP_PREDICT_ROUTE | /{a} | AIP_PREDICT_ROUTE: /{a} (expected: a path such as /predict)"
      })
  void reason_valueOfAVariableOutOfRange_namesTheVariable(
      String variable, String value, String message) {
    Throwable failure = catchThrowable(() -> parse(Map.of(variable, value)));

    assertThat(reason(Map.of(variable, value), failure, false)).isEqualTo(message);
    assertThat(reason(Map.of(variable, value), failure, true)).isEqualTo(failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AIP_HTTP_PORT | a whole number",
        "BERTSERVE_PRECISION_TOLERANCE | a number",
        "BERTSERVE_MODEL_CONTROL | true or false",
        "BERTSERVE_PRECISION | one of [auto, fp32, bf16, fp16, int8]"
      })
  void reason_variableOfAnotherType_namesTheVariableAndTheRule(String variable, String rule) {
    Map<String, String> environment = Map.of(variable, "eighty");
    Throwable failure = catchThrowable(() -> parse(environment));

    assertThat(reason(environment, failure, false))
        .isEqualTo(variable + ": eighty (expected: " + rule + ")");
  }

  private static String reason(
      Map<String, String> environment, Throwable failure, boolean onCommandLine) {
    CommandSpec command = new CommandLine(new ServeOptions()).getCommandSpec();
    String flag =
        failure instanceof CommandLine.ParameterException parameter
            ? ((OptionSpec) parameter.getArgSpec()).longestName()
            : "--" + failure.getMessage().split(":", 2)[0];
    return new EnvironmentDefaults(environment)
        .reason(failure, command.findOption(flag), argument -> onCommandLine);
  }

  private static ServerSettings parse(Map<String, String> environment, String... args) {
    ServeOptions options = new ServeOptions();
    CommandLine command = new CommandLine(options);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setDefaultValueProvider(new EnvironmentDefaults(environment));
    command.parseArgs(args);
    return options.settings(PROCESSORS, HEAP_BYTES);
  }

  @CommandLine.Command(mixinStandardHelpOptions = true)
  private static final class WithHelp {}
}
