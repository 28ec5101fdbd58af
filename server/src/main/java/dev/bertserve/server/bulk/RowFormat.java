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
  TSV;

  /** The format that the name of {@code file} tells; JSONL if it tells none. */
  public static RowFormat of(String file) {
    String name = file.endsWith(".gz") ? file.substring(0, file.length() - 3) : file;
    if (name.endsWith(".csv")) {
      return CSV;
    }
    if (name.endsWith(".tsv")) {
      return TSV;
    }
    return name.endsWith(".txt") ? TEXT : JSONL;
  }
}
