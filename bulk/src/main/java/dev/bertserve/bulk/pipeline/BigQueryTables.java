package dev.bertserve.bulk.pipeline;

import com.google.api.services.bigquery.model.TableRow;
import java.util.ArrayList;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.TypedRead;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write;
import org.apache.beam.sdk.io.gcp.bigquery.BigQuerySchemaRetrievalException;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.transforms.Convert;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Tables and queries of BigQuery. Rows are read by its Storage Read API; only the columns that are
 * needed leave a table. They are written by load jobs.
 *
 * @param services empty for Google's
 */
record BigQueryTables(Optional<BigQueryServices> services) {

  /**
   * @param table {@code project:dataset.table}
   */
  InputRows table(Pipeline pipeline, String table, Columns columns) {
    TypedRead<TableRow> read =
        BigQueryIO.readTableRowsWithSchema()
            .from(table)
            .withSelectedFields(new ArrayList<>(columns.all()));
    return read(
        pipeline,
        read,
        "input: bq://" + table.replace(':', '.') + " (expected: a table that exists)",
        columns);
  }

  InputRows query(Pipeline pipeline, String query, Columns columns) {
    TypedRead<TableRow> read =
        BigQueryIO.readTableRowsWithSchema().fromQuery(query).usingStandardSql();
    return read(pipeline, read, "query: " + query + " (expected: one that runs)", columns);
  }

  /**
   * @param error message if BigQuery does not tell the columns, and not why
   */
  private InputRows read(
      Pipeline pipeline, TypedRead<TableRow> read, String error, Columns columns) {
    TypedRead<TableRow> direct = read.withMethod(TypedRead.Method.DIRECT_READ);
    PCollection<Row> rows;
    try {
      rows =
          pipeline
              .apply("Read", services.map(direct::withTestServices).orElse(direct))
              .apply("Rows", Convert.toRows());
    } catch (BigQuerySchemaRetrievalException e) {
      String reason = e.getCause() == null ? null : e.getCause().getMessage();
      throw new IllegalArgumentException(reason == null ? error : error + ": " + reason, e);
    }
    Schema schema = Columns.chosen("column", rows.getSchema(), columns.all());
    return InputRows.of(
        rows.apply(
                "Columns",
                MapElements.into(TypeDescriptors.rows()).via(row -> columns(row, schema)))
            .setRowSchema(schema));
  }

  private static Row columns(Row row, Schema schema) {
    Row.Builder columns = Row.withSchema(schema);
    schema.getFieldNames().forEach(name -> columns.addValue(row.getValue(name)));
    return columns.build();
  }

  /** A table with the schema of the rows that is absent, and then made, or empty. */
  Write<Row> write(String table) {
    Write<Row> write =
        BigQueryIO.<Row>write()
            .to(table)
            .useBeamSchema()
            .withMethod(Write.Method.FILE_LOADS)
            .withCreateDisposition(Write.CreateDisposition.CREATE_IF_NEEDED)
            .withWriteDisposition(Write.WriteDisposition.WRITE_EMPTY);
    return services.map(write::withTestServices).orElse(write);
  }
}
