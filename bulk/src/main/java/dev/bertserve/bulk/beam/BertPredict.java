package dev.bertserve.bulk.beam;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.SharedModels;
import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.TextModel;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures.Result;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Transforms that score texts with a BERT SavedModel within the workers of a pipeline. All threads
 * of a worker share one open model. Timestamps, windows and keys are kept, and nothing is shuffled.
 *
 * <pre>{@code
 * var scored = reviews.apply(BertPredict.on("gs://bucket/model").texts());
 * PCollection<KV<String, Row>> scores = scored.output();
 * PCollection<KV<String, String>> failures = scored.failures();
 * }</pre>
 *
 * <p>A row that cannot be scored, such as a null or one whose output is not finite, is a dead
 * letter among {@code failures()}: the element, and the reason in one line. {@link
 * #withoutDeadLetters} lets it fail the pipeline instead.
 *
 * <p>Outputs are a {@link Row} with one field per output of the model: a FLOAT, DOUBLE, INT64 or
 * STRING for an output of one value, otherwise an array, row-major. The schema must be known when
 * the pipeline is built. Without {@link #withOutputs} the model is opened once for that, and a
 * transform throws what {@link TextModel#open} throws when it is applied.
 */
public final class BertPredict {

  private final ModelKey key;
  private final @Nullable Schema outputs;
  private final boolean deadLetters;

  private BertPredict(ModelKey key, @Nullable Schema outputs, boolean deadLetters) {
    this.key = key;
    this.outputs = outputs;
    this.deadLetters = deadLetters;
  }

  /**
   * Scores with the model at {@code location}, which {@link TextModel#open} describes: a folder
   * that every worker has, or {@code gs://bucket/folder}.
   */
  public static BertPredict on(String location) {
    return new BertPredict(ModelKey.of(location, ModelOptions.DEFAULT), null, true);
  }

  /** The same with other precision or signature. */
  public BertPredict withOptions(ModelOptions options) {
    return new BertPredict(ModelKey.of(key.model(), options), outputs, deadLetters);
  }

  /**
   * The same with the outputs that {@code fields} names, and no others. The program that builds the
   * pipeline then needs no access to the model; a worker fails if the types are not the model's.
   */
  public BertPredict withOutputs(Schema fields) {
    return new BertPredict(key, fields, deadLetters);
  }

  /** The same, but a row that cannot be scored fails the pipeline, with the reason. */
  public BertPredict withoutDeadLetters() {
    return new BertPredict(key, outputs, false);
  }

  /** Scores texts, which become the keys of their outputs, with a model of one input. */
  public PTransform<PCollection<String>, Result<PCollection<KV<String, Row>>, KV<String, String>>>
      texts() {
    return new ScoreTransform<>(this, (input, fields) -> RowForm.texts(fields));
  }

  /** Scores the values of pairs; keys are handed through. For a model of one input. */
  public <K>
      PTransform<
              PCollection<KV<K, String>>,
              Result<PCollection<KV<K, Row>>, KV<KV<K, String>, String>>>
          values() {
    return new ScoreTransform<>(this, (input, fields) -> RowForm.keyed(keyCoder(input), fields));
  }

  /**
   * Scores rows with a schema, and adds a field for each output. Throws IllegalArgumentException
   * when it is applied to rows without such a schema, or with a field of an output's name.
   *
   * @param names STRING fields with the texts, in the order of the model's inputs
   */
  public PTransform<PCollection<Row>, Result<PCollection<Row>, KV<Row, String>>> rows(
      String... names) {
    List<String> fields = List.of(names);
    return new ScoreTransform<>(
        this,
        (input, outputFields) -> {
          if (!input.hasSchema()) {
            throw new IllegalArgumentException("rows: no schema (expected: setRowSchema)");
          }
          return RowForm.fields(input.getSchema(), fields, outputFields);
        });
  }

  ModelKey key() {
    return key;
  }

  boolean deadLetters() {
    return deadLetters;
  }

  /**
   * Fields of the outputs. Opens the model if they were not stated, as {@link #withOutputs} says.
   */
  public Schema outputs() {
    return outputs != null ? outputs : SharedModels.ask(key, OutputFields::of);
  }

  private static <K> Coder<K> keyCoder(PCollection<KV<K, String>> input) {
    if (input.getCoder() instanceof KvCoder<K, String> coder) {
      return coder.getKeyCoder();
    }
    throw new IllegalArgumentException("coder: " + input.getCoder() + " (expected: a KvCoder)");
  }
}
