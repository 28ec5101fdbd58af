package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.serving.Column;
import java.util.List;

/**
 * The rows of a request.
 *
 * @param texts for each row its texts
 * @param others one column for each input that is not tokenised
 */
record Instances(List<String[]> texts, List<Column> others) {}
