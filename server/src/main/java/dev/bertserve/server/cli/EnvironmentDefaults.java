package dev.bertserve.server.cli;

import dev.bertserve.server.failure.Reason;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values of omitted flags: first {@code BERTSERVE_<FLAG>}, then the variables of Vertex AI, then
 * the default of the flag. Empty variables count as not set, and so do those that Kubernetes sets
 * for a service whose name starts with bertserve.
 */
public final class EnvironmentDefaults implements IDefaultValueProvider {

  private static final String PREFIX = "BERTSERVE_";

  /** Source: Kubernetes, "Connecting applications with services", environment variables. */
  private static final Pattern KUBERNETES =
      Pattern.compile(".*_SERVICE_(HOST|PORT)(_.*)?|.*_PORT_\\d+_(TCP|UDP|SCTP)(_.*)?");

  private static final Pattern KUBERNETES_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  /** Source: the custom container requirements of Vertex AI, environment variables. */
  private static final Map<String, String> VERTEX =
      Map.of(
          "BERTSERVE_MODEL", "AIP_STORAGE_URI",
          "BERTSERVE_PORT", "AIP_HTTP_PORT",
          "BERTSERVE_HEALTH_ROUTE", "AIP_HEALTH_ROUTE",
          "BERTSERVE_PREDICT_ROUTE", "AIP_PREDICT_ROUTE");

  /** BERTSERVE_MODEL is the variable of the parameter MODEL. */
  private static final String LIST_OF_MODELS = "--model";

  private final Map<String, String> environment;

  public EnvironmentDefaults(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return source(argument).map(environment::get).orElse(null);
  }

  /** The variable that gives the value of {@code argument} if the command line does not. */
  Optional<String> source(ArgSpec argument) {
    if (isHelp(argument)) {
      return Optional.empty();
    }
    String own = environment.getOrDefault(variable(argument), "");
    if (!own.isEmpty() && !KUBERNETES_ADDRESS.matcher(own).matches()) {
      return Optional.of(variable(argument));
    }
    String vertex = VERTEX.getOrDefault(variable(argument), "");
    return environment.getOrDefault(vertex, "").isEmpty() ? Optional.empty() : Optional.of(vertex);
  }

  /**
   * The message of {@code failure}, which names the variable if the value of {@code argument} comes
   * from one.
   *
   * @param given whether the command line has the argument
   */
  String reason(Throwable failure, @Nullable ArgSpec argument, Predicate<ArgSpec> given) {
    String message = Reason.of(failure);
    if (argument == null || given.test(argument)) {
      return message;
    }
    return source(argument).map(variable -> renamed(message, variable, argument)).orElse(message);
  }

  /** Our own messages start with the flag; those of picocli are replaced. */
  private String renamed(String message, String variable, ArgSpec argument) {
    String start = flag(argument) + ": ";
    if (message.startsWith(start)) {
      return variable + ": " + message.substring(start.length());
    }
    return variable
        + ": "
        + environment.get(variable)
        + " (expected: "
        + values(argument.auxiliaryTypes()[0])
        + ")";
  }

  private static String values(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT);
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return type == double.class ? "a number" : "a whole number";
  }

  /** Rejects a {@code BERTSERVE_} variable that belongs to no flag of {@code command}. */
  public void requireKnown(CommandSpec command) {
    List<String> known = variables(command);
    environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
        .filter(name -> !isKubernetes(name))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  name + ": unknown variable (expected: one such as " + nearest(name, known) + ")");
            });
  }

  private boolean isKubernetes(String name) {
    return KUBERNETES.matcher(name).matches()
        || KUBERNETES_ADDRESS.matcher(environment.getOrDefault(name, "")).matches();
  }

  private static List<String> variables(CommandSpec command) {
    return command.args().stream()
        .filter(argument -> !isHelp(argument))
        .map(EnvironmentDefaults::variable)
        .toList();
  }

  private static String nearest(String name, List<String> known) {
    return known.stream().min(Comparator.comparingInt(other -> distance(name, other))).orElse("");
  }

  /** Levenshtein distance. */
  private static int distance(String one, String other) {
    int[] previous = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] current = new int[other.length() + 1];
      current[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        current[j] = Math.min(previous[j - 1] + changed, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[other.length()];
  }

  /** Whether the flag only prints help or the version. */
  public static boolean isHelp(ArgSpec argument) {
    return argument instanceof OptionSpec option && (option.usageHelp() || option.versionHelp());
  }

  /** The variable of a flag or parameter, such as BERTSERVE_MAX_BATCH_ROWS. */
  public static String variable(ArgSpec argument) {
    boolean list =
        argument instanceof OptionSpec option && option.longestName().equals(LIST_OF_MODELS);
    String name = list ? "models" : flag(argument);
    return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static String flag(ArgSpec argument) {
    String name =
        argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    return name.replace("--", "").toLowerCase(Locale.ROOT);
  }
}
