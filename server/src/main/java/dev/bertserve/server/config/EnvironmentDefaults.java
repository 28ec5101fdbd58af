package dev.bertserve.server.config;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values of flags that were not given: first {@code BERTSERVE_<FLAG>}, then what Vertex AI sets,
 * then the flag's own default. An empty variable counts as not set, and so does the address that
 * Kubernetes puts into BERTSERVE_PORT where a service is called bertserve.
 */
public final class EnvironmentDefaults implements IDefaultValueProvider {

  private static final String PREFIX = "BERTSERVE_";
  private static final String KUBERNETES_ADDRESS = "tcp://";

  /** Source: the custom container requirements of Vertex AI, environment variables. */
  private static final Map<String, String> VERTEX =
      Map.of(
          "model", "AIP_STORAGE_URI",
          "port", "AIP_HTTP_PORT",
          "health-route", "AIP_HEALTH_ROUTE",
          "predict-route", "AIP_PREDICT_ROUTE");

  private final Map<String, String> environment;

  public EnvironmentDefaults(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec option && (option.usageHelp() || option.versionHelp())) {
      return null;
    }
    String flag = flag(argument);
    String own =
        environment.getOrDefault(PREFIX + flag.toUpperCase(Locale.ROOT).replace('-', '_'), "");
    if (!own.isEmpty() && !own.startsWith(KUBERNETES_ADDRESS)) {
      return own;
    }
    String vertex = environment.getOrDefault(VERTEX.getOrDefault(flag, ""), "");
    return vertex.isEmpty() ? null : vertex;
  }

  private static String flag(ArgSpec argument) {
    String name =
        argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    return name.replace("--", "").toLowerCase(Locale.ROOT);
  }
}
