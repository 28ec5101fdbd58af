package dev.bertserve.bulk.pipeline;

import dev.bertserve.server.bulk.RowFormat;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryHelpers;

/**
 * Files of rows, or a table of BigQuery.
 *
 * @param name without the ending of output files; a table as {@code project:dataset.table}
 * @param ending of output files; empty for a table
 */
record Place(Kind kind, String name, String ending) {

  private static final String TABLE = "bq://";

  enum Kind {
    JSONL,
    TEXT,
    AVRO,
    PARQUET,
    TABLE
  }

  /**
   * Rows that are read.
   *
   * @param format of files, if their names do not tell it; empty otherwise
   */
  static Place ofInput(String input, String format) {
    if (input.startsWith(TABLE)) {
      return new Place(Kind.TABLE, table("input", input), "");
    }
    Kind kind = format.isEmpty() ? kind("input", input) : named(format);
    return new Place(kind, input, "");
  }

  /** Rows that are written. */
  static Place ofOutput(String option, String output) {
    if (output.startsWith(TABLE)) {
      return new Place(Kind.TABLE, table(option, output), "");
    }
    Kind kind = kind(option, output);
    boolean packed = output.endsWith(".gz") && kind != Kind.JSONL;
    if (kind == Kind.TEXT || packed || output.endsWith(".zst")) {
      throw unknown(option, output);
    }
    int dot = output.indexOf('.', output.lastIndexOf('/') + 1);
    return dot < 0
        ? new Place(kind, output, "")
        : new Place(kind, output.substring(0, dot), output.substring(dot));
  }

  /** Where the rows go that cannot be scored, if nothing else is said. */
  Place errors() {
    return kind == Kind.TABLE
        ? new Place(kind, name + "_errors", "")
        : new Place(Kind.JSONL, name + "_errors", ".jsonl");
  }

  private static String table(String option, String table) {
    String spec = table.substring(TABLE.length());
    try {
      return BigQueryHelpers.toTableSpec(BigQueryHelpers.parseTableSpec(spec));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          option + ": " + table + " (expected: bq://project.dataset.table)", e);
    }
  }

  private static Kind kind(String option, String file) {
    return switch (RowFormat.of(file)) {
      case TEXT -> Kind.TEXT;
      case JSONL -> Kind.JSONL;
      case AVRO -> Kind.AVRO;
      case PARQUET -> Kind.PARQUET;
      case CSV, TSV -> throw unknown(option, file);
    };
  }

  private static Kind named(String format) {
    return switch (format) {
      case "jsonl" -> Kind.JSONL;
      case "text" -> Kind.TEXT;
      case "avro" -> Kind.AVRO;
      case "parquet" -> Kind.PARQUET;
      default ->
          throw new IllegalArgumentException(
              "inputFormat: " + format + " (expected: jsonl, text, avro or parquet)");
    };
  }

  private static IllegalArgumentException unknown(String option, String file) {
    String other = option.equals("input") ? ".txt" : ".jsonl.gz";
    return new IllegalArgumentException(
        option + ": " + file + " (expected: .jsonl, " + other + ", .avro, .parquet or bq://)");
  }
}
