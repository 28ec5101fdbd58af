package dev.bertserve.bulk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.JobStatistics;
import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import dev.bertserve.bulk.KeptModel;
import dev.bertserve.bulk.pipeline.Goldens.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.apache.beam.sdk.io.gcp.testing.FakeJobService;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables in, tables out, on the Direct runner and Beam's fake of BigQuery. Its messages and those
 * of TensorFlow are in one process.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class BigQueryTablesTest {

  @AutoClose static final KeptModel KEPT = KeptModel.of(Goldens.KEY);

  private static final TableSchema REVIEWS =
      new TableSchema()
          .setFields(
              List.of(field("id", "INT64"), field("stars", "FLOAT64"), field("review", "STRING")));

  private final BertserveBulkOptions options = Goldens.options();
  private final FakeDatasetService datasets = new FakeDatasetService();
  private final FakeJobService jobs = new FakeJobService();
  private final BigQueryTables tables =
      new BigQueryTables(
          Optional.of(
              new FakeBigQueryServices()
                  .withDatasetService(datasets)
                  .withJobService(jobs)
                  .withStorageClient(new StoredTables(datasets))));

  @TempDir private Path folder;

  @BeforeEach
  void datasets() throws Exception {
    FakeDatasetService.setUp();
    FakeJobService.setUp();
    datasets.createDataset("project", "data", "US", "", null);
    options.setTempLocation(folder.toString());
    options.as(GcpOptions.class).setProject("project");
    options.setOutput("bq://project.data.scores");
    options.setKeys("id");
  }

  @Test
  void table_goldens_getTheOutputsOfTensorFlowInTables() throws Exception {
    Table reviews = table("reviews");
    datasets.createTable(reviews);
    datasets.insertAll(reviews.getTableReference(), rows(), null);
    options.setInput("bq://project.data.reviews");

    BertserveBulk.build(options, tables).run().waitUntilFinish();

    assertScored();
  }

  @Test
  void query_goldens_getTheOutputsOfTensorFlowInTables() throws Exception {
    String query = FakeBigQueryServices.encodeQueryResult(table("result"), rows());
    jobs.expectDryRunQuery(
        "project",
        query,
        new JobStatistics()
            .setTotalBytesProcessed(1L)
            .setQuery(
                new JobStatistics2()
                    .setTotalBytesProcessed(1L)
                    .setSchema(REVIEWS)
                    .setReferencedTables(List.of())));
    options.setQuery(query);

    BertserveBulk.build(options, tables).run().waitUntilFinish();

    assertScored();
  }

  @Test
  void table_columnsOrTableAreMissing_namesThemWhenThePipelineIsBuilt() throws Exception {
    datasets.createTable(table("reviews"));
    options.setInput("bq://project.data.reviews");
    options.setKeys("id,name");

    assertThatThrownBy(() -> BertserveBulk.build(options, tables))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column: name (expected: one of [id, review])");
    options.setInput("bq://project.data.none");
    assertThatThrownBy(() -> BertserveBulk.build(options, tables))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input: bq://project.data.none (expected: a table that exists)");
  }

  private void assertScored() throws Exception {
    List<TableRow> scores = datasets.getAllRows("project", "data", "scores");
    assertThat(scores).allSatisfy(row -> assertThat(row.keySet()).containsExactly("id", "log"));
    Map<Long, Float> logs =
        scores.stream()
            .collect(
                Collectors.toMap(
                    row -> id(row), row -> Float.parseFloat(row.get("log").toString())));
    Map<Long, String> errors =
        datasets.getAllRows("project", "data", "scores_errors").stream()
            .collect(
                Collectors.toMap(
                    row -> id((Map<?, ?>) row.get("row")), row -> (String) row.get("error")));
    Goldens.assertScored(logs, errors);
  }

  private static long id(Map<?, ?> row) {
    return Long.parseLong(row.get("id").toString());
  }

  private static Table table(String name) {
    return new Table()
        .setSchema(REVIEWS)
        .setNumBytes(1L)
        .setTableReference(
            new TableReference().setProjectId("project").setDatasetId("data").setTableId(name));
  }

  private static TableFieldSchema field(String name, String type) {
    return new TableFieldSchema().setName(name).setType(type);
  }

  private static List<TableRow> rows() throws Exception {
    List<TableRow> rows = new ArrayList<>();
    for (Golden golden : Goldens.all()) {
      rows.add(
          new TableRow().set("id", golden.id()).set("stars", 4.5).set("review", golden.review()));
    }
    return rows;
  }
}
