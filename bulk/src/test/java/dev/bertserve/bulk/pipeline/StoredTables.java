package dev.bertserve.bulk.pipeline;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.google.cloud.bigquery.storage.v1.AvroRows;
import com.google.cloud.bigquery.storage.v1.AvroSchema;
import com.google.cloud.bigquery.storage.v1.CreateReadSessionRequest;
import com.google.cloud.bigquery.storage.v1.DataFormat;
import com.google.cloud.bigquery.storage.v1.ReadRowsRequest;
import com.google.cloud.bigquery.storage.v1.ReadRowsResponse;
import com.google.cloud.bigquery.storage.v1.ReadSession;
import com.google.cloud.bigquery.storage.v1.ReadStream;
import com.google.cloud.bigquery.storage.v1.SplitReadStreamRequest;
import com.google.cloud.bigquery.storage.v1.SplitReadStreamResponse;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryHelpers;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.BigQueryServerStream;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.StorageClient;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices.FakeBigQueryServerStream;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;

/**
 * The Storage Read API over the tables of Beam's fake: one stream a table, of the chosen fields.
 */
final class StoredTables implements StorageClient, Serializable {

  private final FakeDatasetService tables;

  StoredTables(FakeDatasetService tables) {
    this.tables = tables;
  }

  @Override
  public ReadSession createReadSession(CreateReadSessionRequest request) {
    ReadSession asked = request.getReadSession();
    List<String> chosen = asked.getReadOptions().getSelectedFieldsList();
    TableReference table = BigQueryHelpers.parseTableUrn(asked.getTable());
    SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record("root").fields();
    try {
      for (TableFieldSchema field : tables.getTable(table).getSchema().getFields()) {
        if (chosen.isEmpty() || chosen.contains(field.getName())) {
          fields =
              switch (field.getType()) {
                case "INTEGER", "INT64" -> fields.optionalLong(field.getName());
                case "FLOAT", "FLOAT64" -> fields.optionalDouble(field.getName());
                default -> fields.optionalString(field.getName());
              };
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    String schema = fields.endRecord().toString();
    return ReadSession.newBuilder()
        .setName(asked.getTable())
        .setTable(asked.getTable())
        .setDataFormat(DataFormat.AVRO)
        .setAvroSchema(AvroSchema.newBuilder().setSchema(schema))
        .addStreams(ReadStream.newBuilder().setName(asked.getTable() + "\n" + schema))
        .build();
  }

  @Override
  public BigQueryServerStream<ReadRowsResponse> readRows(ReadRowsRequest request) {
    String[] stream = request.getReadStream().split("\n", 2);
    TableReference table = BigQueryHelpers.parseTableUrn(stream[0]);
    Schema schema = new Schema.Parser().parse(stream[1]);
    try {
      List<TableRow> rows =
          tables.getAllRows(table.getProjectId(), table.getDatasetId(), table.getTableId());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      for (TableRow row : rows) {
        GenericRecord record = new GenericData.Record(schema);
        schema.getFields().forEach(field -> record.put(field.name(), row.get(field.name())));
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
      }
      encoder.flush();
      ByteString avro = ByteString.copyFrom(bytes.toByteArray());
      return new FakeBigQueryServerStream<>(
          List.of(
              ReadRowsResponse.newBuilder()
                  .setRowCount(rows.size())
                  .setAvroRows(AvroRows.newBuilder().setSerializedBinaryRows(avro))
                  .build()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public BigQueryServerStream<ReadRowsResponse> readRows(
      ReadRowsRequest request, String fullTableId) {
    return readRows(request);
  }

  /** The stream cannot be split. */
  @Override
  public SplitReadStreamResponse splitReadStream(SplitReadStreamRequest request) {
    return SplitReadStreamResponse.getDefaultInstance();
  }

  @Override
  public SplitReadStreamResponse splitReadStream(
      SplitReadStreamRequest request, String fullTableId) {
    return splitReadStream(request);
  }

  @Override
  public void close() {}
}
