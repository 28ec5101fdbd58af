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
    CSV,
    TSV,
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
    Kind kind = format.isEmpty() ? kind(input) : named(format);
    return new Place(kind, input, "");
  }

  /** Rows that are written. */
  static Place ofOutput(String option, String output) {
    if (output.startsWith(TABLE)) {
      return new Place(Kind.TABLE, table(option, output), "");
    }
    Kind kind = kind(output);
    boolean packed = output.endsWith(".gz") || output.endsWith(".zst");
    boolean records = kind == Kind.AVRO || kind == Kind.PARQUET;
    if (kind == Kind.TEXT || (packed && records)) {
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

  private static Kind kind(String file) {
    return switch (RowFormat.of(file)) {
      case TEXT -> Kind.TEXT;
      case JSONL -> Kind.JSONL;
      case CSV -> Kind.CSV;
      case TSV -> Kind.TSV;
      case AVRO -> Kind.AVRO;
      case PARQUET -> Kind.PARQUET;
    };
  }

  private static Kind named(String format) {
    return switch (format) {
      case "jsonl" -> Kind.JSONL;
      case "text" -> Kind.TEXT;
      case "csv" -> Kind.CSV;
      case "tsv" -> Kind.TSV;
      case "avro" -> Kind.AVRO;
      case "parquet" -> Kind.PARQUET;
      default ->
          throw new IllegalArgumentException(
              "inputFormat: " + format + " (expected: jsonl, text, csv, tsv, avro or parquet)");
    };
  }

  private static IllegalArgumentException unknown(String option, String file) {
    return new IllegalArgumentException(
        option
            + ": "
            + file
            + " (expected: .jsonl, .csv or .tsv, each also as .gz or .zst, .avro, .parquet or"
            + " bq://)");
  }
}
