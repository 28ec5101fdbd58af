package dev.bertserve.bulk.spark;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.SharedModels;
import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.TextModel;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Scores texts with a BERT SavedModel within the executors of a Spark application. All tasks of an
 * executor share one open model, which stays open between tasks.
 *
 * <pre>{@code
 * Dataset<Row> scored = BertPredict.on("/models/bert").score(reviews, List.of("review"));
 *
 * BertPredict.on("/models/bert").register(spark, "bert_predict");
 * spark.sql("SELECT id, bert_predict(review) FROM reviews");
 * }</pre>
 *
 * <p>An output of one value is a FLOAT, DOUBLE, BIGINT or STRING, one of several values an array of
 * those, row-major. Without {@link #withOutputs} the driver opens the model once to learn its
 * outputs, and throws what {@link TextModel#open} throws.
 */
public final class BertPredict {

  /** Column with the reason why a row has no outputs; null if it has. */
  static final String ERROR = "error";

  private final ModelKey key;
  private final @Nullable StructType outputs;

  private BertPredict(ModelKey key, @Nullable StructType outputs) {
    this.key = key;
    this.outputs = outputs;
  }

  /**
   * Scores with the model at {@code location}, which {@link TextModel#open} describes: a folder
   * that every executor has, or {@code gs://bucket/folder}.
   */
  public static BertPredict on(String location) {
    return new BertPredict(ModelKey.of(location, ModelOptions.DEFAULT), null);
  }

  /** The same with other precision or signature. */
  public BertPredict withOptions(ModelOptions options) {
    return new BertPredict(ModelKey.of(key.model(), options), outputs);
  }

  /**
   * The same with the outputs that {@code columns} names, and no others. The driver then needs no
   * access to the model; a task fails if the types are not the model's.
   */
  public BertPredict withOutputs(StructType columns) {
    return new BertPredict(key, columns);
  }

  /**
   * Adds to {@code rows} a column for each output, and a column {@code error}: why a row cannot be
   * scored, such as one with a null; its outputs are null. Rows of a partition are scored together.
   * Throws IllegalArgumentException if {@code rows} have such a column already, or a text is no
   * string.
   *
   * @param columns with the texts, in the order of the model's inputs
   */
  public Dataset<Row> score(Dataset<Row> rows, List<String> columns) {
    StructType known = rows.schema();
    List<String> names = Arrays.asList(known.fieldNames());
    for (String column : columns) {
      if (!names.contains(column) || !known.apply(column).dataType().equals(DataTypes.StringType)) {
        throw new IllegalArgumentException(
            "column: " + column + " (expected: a string column of " + names + ")");
      }
    }
    StructType wanted = outputs();
    StructType all = known;
    for (StructField output : wanted.add(ERROR, DataTypes.StringType).fields()) {
      if (names.contains(output.name())) {
        throw new IllegalArgumentException(
            "output: " + output.name() + " (expected: no column of the rows " + names + ")");
      }
      all = all.add(output.name(), output.dataType(), true);
    }
    int[] places = columns.stream().mapToInt(known::fieldIndex).toArray();
    return rows.mapPartitions(new ScorePartition(key, wanted, columns, places), Encoders.row(all));
  }

  /**
   * Registers a SQL function of one string. It returns the value of the model's output, or a struct
   * if there are several; null for a null, and for a text that cannot be scored. It is called row
   * by row, so it is slower than {@link #score}.
   */
  public void register(SparkSession spark, String name) {
    StructType wanted = outputs();
    DataType type = wanted.size() == 1 ? wanted.fields()[0].dataType() : wanted;
    spark.udf().register(name, new ScoreText(key, wanted), type);
  }

  /** Columns of the wanted outputs; opens the model if they were not stated. */
  private StructType outputs() {
    return outputs != null ? outputs : SharedModels.ask(key, OutputColumns::of);
  }
}
