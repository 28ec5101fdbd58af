package dev.bertserve.server.protocol.rows;

/**
 * Which instances a dialect allows.
 *
 * @param list name of the list of instances, in error messages
 * @param anyKey whether an object for a model with one input may have any key
 * @param nullText what becomes of null, which is the text or another value of a row
 * @param nullCure what the error message about null adds, such as the setting that allows it
 * @param quoted numbers that may be strings
 */
public record InstanceRules(
    String list, boolean anyKey, NullText nullText, String nullCure, QuotedNumbers quoted) {

  /** Rules without null, and without a cure for it. */
  public InstanceRules(String list, boolean anyKey) {
    this(list, anyKey, NullText.ERROR, "", QuotedNumbers.NONE);
  }
}
