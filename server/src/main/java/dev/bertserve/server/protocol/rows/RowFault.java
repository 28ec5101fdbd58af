package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonToken;

/** A row that breaks a rule, with what a dialect needs for a message of its own. */
public final class RowFault extends ServingException {

  /** What a row must be; for each rule, what {@link #found} returns. */
  public enum Rule {
    /**
     * The keys of an object are the names of the inputs. Found: another key, or "" if one is
     * missing.
     */
    KEYS,
    /** A value has the type of its input. Found: the value, as {@link #json} shows it. */
    TYPE,
    /** Base64 is that of a text. Found: "". */
    BASE64,
    /** A row has as many values as its input needs. Found: their number. */
    SIZE
  }

  private final Rule rule;
  private final String found;

  RowFault(Rule rule, String found, String message) {
    super(FailureKind.INVALID, message);
    this.rule = rule;
    this.found = found;
  }

  /** The value that starts with {@code token}, without what is in an object or a list. */
  public static String json(JsonToken token, String text) {
    return switch (token) {
      case OBJECT -> "{...}";
      case ARRAY -> "[...]";
      case STRING -> '"' + Shown.of(text) + '"';
      default -> Shown.of(text);
    };
  }

  public Rule rule() {
    return rule;
  }

  public String found() {
    return found;
  }
}
