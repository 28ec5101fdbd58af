package dev.bertserve.server.inference;

import java.util.List;

/**
 * The answers to one request.
 *
 * @param rows number of rows
 * @param outputs what each of {@code values} is
 * @param values one array an output, row after row, each row {@link OutputSpec#rowSize} long
 */
public record Prediction(int rows, List<OutputSpec> outputs, List<float[]> values) {}
