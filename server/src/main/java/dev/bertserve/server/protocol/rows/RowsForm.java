package dev.bertserve.server.protocol.rows;

/**
 * How a dialect writes predictions row by row.
 *
 * @param list name of the list
 * @param prediction form of one row
 * @param numbers how numbers are written
 */
public record RowsForm(String list, PredictionForm prediction, NumberText numbers) {}
