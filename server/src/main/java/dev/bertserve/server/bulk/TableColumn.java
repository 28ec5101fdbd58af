package dev.bertserve.server.bulk;

/**
 * An input of the model that a column of a table fills.
 *
 * @param input name of the input
 * @param quoted whether its values are strings; otherwise they are numbers or booleans
 */
public record TableColumn(String input, boolean quoted) {}
