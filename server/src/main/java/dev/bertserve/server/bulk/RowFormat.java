package dev.bertserve.server.bulk;

/** Formats of a file of rows. */
public enum RowFormat {
  /** One text a line. */
  TEXT,
  /** One JSON instance a line, as in the predict route. */
  JSONL,
  /** RFC 4180 with a header. */
  CSV,
  /** The same with tabs. */
  TSV,
  /** Apache Avro's object container file. */
  AVRO,
  /** Apache Parquet. */
  PARQUET;

  /** The format that the name of {@code file} tells; JSONL if it tells none. */
  public static RowFormat of(String file) {
    String name = file.replaceFirst("\\.(gz|zst)$", "");
    for (RowFormat format : values()) {
      if (name.endsWith(format.extension())) {
        return format;
      }
    }
    return JSONL;
  }

  /** Whether it is Avro's or Parquet's, whose libraries a distribution may lack. */
  boolean isRecords() {
    return this == AVRO || this == PARQUET;
  }

  /**
   * @param file of this format
   * @throws IllegalArgumentException if its libraries are not there
   */
  void requireLibraries(String file) {
    if (isRecords() && RowFormat.class.getResource("/org/apache/avro/Schema.class") == null) {
      throw new IllegalArgumentException(
          file + ": no libraries for Avro and Parquet (expected: an image built with RECORDS=yes)");
    }
  }

  private String extension() {
    return switch (this) {
      case TEXT -> ".txt";
      case JSONL -> ".jsonl";
      case CSV -> ".csv";
      case TSV -> ".tsv";
      case AVRO -> ".avro";
      case PARQUET -> ".parquet";
    };
  }
}
