package dev.bertserve.server.endpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path with variables, such as {@code /v1/models/{model}:predict}. A variable stands for one or
 * more characters other than slash and colon; {@code {name...}}, at the end, for any characters.
 * The other characters are compared in any case.
 */
final class PathTemplate {

  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)(\\.\\.\\.)?}");

  private final List<String> names = new ArrayList<>();
  private final Pattern pattern;
  private final boolean open;

  PathTemplate(String template) {
    StringBuilder regex = new StringBuilder();
    Matcher variables = VARIABLE.matcher(template);
    int end = 0;
    boolean takesRest = false;
    while (variables.find()) {
      regex.append(Pattern.quote(template.substring(end, variables.start())));
      takesRest = variables.group(2) != null;
      regex.append(takesRest ? "(.*)" : "([^/:]+)");
      names.add(variables.group(1));
      end = variables.end();
    }
    regex.append(Pattern.quote(template.substring(end)));
    open = takesRest;
    pattern = Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  }

  /** Whether {@code path} has variables. */
  static boolean hasVariables(String path) {
    return path.indexOf('{') >= 0;
  }

  /** Whether the template ends with a variable for any characters. */
  boolean isOpen() {
    return open;
  }

  /** The values of the variables, if {@code path} matches. */
  Optional<Map<String, String>> match(String path) {
    Matcher matcher = pattern.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      values.put(names.get(i), matcher.group(i + 1));
    }
    return Optional.of(values);
  }
}
