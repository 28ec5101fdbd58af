package dev.bertserve.server.bulk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.api.ReadSupport.ReadContext;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Records of a Parquet file. A row group of the chosen columns is in memory. Uses the reader below
 * {@code ParquetReader}, which would need most of Hadoop.
 */
public final class ParquetRecords implements Records {

  private static final int MAGIC_BYTES = 4;

  /** What a file begins with; the second one if its footer is encrypted. */
  private static final Set<String> MAGIC = Set.of("PAR1", "PARE");

  private final ParquetConfiguration settings = new PlainParquetConfiguration();
  private final ParquetFileReader file;
  private final MessageType columns;
  private final Schema schema;
  private MessageType chosen;
  private @Nullable RecordReader<GenericRecord> group;
  private @Nullable ParquetTypes types;
  private long leftInGroup;
  private long read;

  ParquetRecords(Path path) throws IOException {
    this(new LocalInputFile(path), path.toString());
  }

  /**
   * Opens {@code input}, which {@link #close} closes; a RuntimeException that names it if it is not
   * Parquet.
   */
  public ParquetRecords(InputFile input) throws IOException {
    this(input, input.toString());
  }

  private ParquetRecords(InputFile input, String name) throws IOException {
    requireParquet(input, name);
    settings.setBoolean(AvroReadSupport.READ_INT96_AS_FIXED, true);
    // Arrays as lists of their elements, not of records
    settings.setBoolean(AvroSchemaConverter.ADD_LIST_ELEMENT_RECORDS, false);
    file =
        ParquetFileReader.open(
            input,
            ParquetReadOptions.builder(settings).withCodecFactory(new ParquetCodecs()).build());
    columns = file.getFileMetaData().getSchema();
    chosen = columns;
    schema = AnyNames.allow(() -> types(columns)).schema();
  }

  private ParquetTypes types(MessageType some) {
    return ParquetTypes.of(some, new AvroSchemaConverter(settings).convert(some));
  }

  /** The reader takes the end of another file for the length of a footer. */
  private static void requireParquet(InputFile input, String name) throws IOException {
    byte[] start = new byte[MAGIC_BYTES];
    if (input.getLength() >= start.length) {
      try (SeekableInputStream bytes = input.newStream()) {
        bytes.readFully(start);
      }
    }
    if (!MAGIC.contains(new String(start, StandardCharsets.US_ASCII))) {
      throw new IllegalArgumentException(
          name + " is not a Parquet file (expected: PAR1 at its start)");
    }
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void choose(Schema fields) {
    List<Type> types = new ArrayList<>();
    fields.getFields().forEach(field -> types.add(columns.getType(field.name())));
    chosen = new MessageType(columns.getName(), types);
    file.setRequestedSchema(chosen);
  }

  @Override
  public @Nullable GenericRecord next() throws IOException {
    while (leftInGroup == 0) {
      if (!nextGroup()) {
        return null;
      }
    }
    leftInGroup--;
    read++;
    return nextOfGroup();
  }

  /** Row groups of the file, each of which can be read without the others. */
  public int groups() {
    return file.getRowGroups().size();
  }

  /** Passes the records of one row group to {@code sink}; not to be mixed with {@link #next}. */
  public void read(int index, Consumer<GenericRecord> sink) throws IOException {
    open(file.readRowGroup(index));
    for (; leftInGroup > 0; leftInGroup--) {
      sink.accept(nextOfGroup());
    }
  }

  private GenericRecord nextOfGroup() {
    return Objects.requireNonNull(types).of(Objects.requireNonNull(group).read());
  }

  private boolean nextGroup() throws IOException {
    PageReadStore pages = file.readNextRowGroup();
    if (pages == null) {
      return false;
    }
    open(pages);
    return true;
  }

  private void open(PageReadStore pages) {
    leftInGroup = pages.getRowCount();
    group = AnyNames.allow(() -> reader(pages));
    types = AnyNames.allow(() -> types(chosen));
  }

  private RecordReader<GenericRecord> reader(PageReadStore pages) {
    // Without the metadata of the file, the schema is that of the chosen columns
    RecordMaterializer<GenericRecord> materializer =
        new AvroReadSupport<GenericRecord>(GenericData.get())
            .prepareForRead(settings, Map.of(), columns, new ReadContext(chosen, Map.of()));
    return new ColumnIOFactory().getColumnIO(chosen, columns).getRecordReader(pages, materializer);
  }

  @Override
  public double share() {
    return file.getRecordCount() == 0 ? 0 : (double) read / file.getRecordCount();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
