package dev.bertserve.bulk.beam;

import java.util.function.BiFunction;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithFailures.Result;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Scores elements of one kind.
 *
 * @param <I> element with texts
 * @param <O> scored element
 */
final class ScoreTransform<I, O>
    extends PTransform<PCollection<I>, Result<PCollection<O>, KV<I, String>>> {

  private final transient BertPredict spec;
  private final transient BiFunction<PCollection<I>, Schema, RowForm<I, O>> forms;

  /**
   * @param forms form of the elements of a collection, given the fields of the outputs
   */
  ScoreTransform(BertPredict spec, BiFunction<PCollection<I>, Schema, RowForm<I, O>> forms) {
    super("BertPredict");
    this.spec = spec;
    this.forms = forms;
  }

  @Override
  public Result<PCollection<O>, KV<I, String>> expand(PCollection<I> input) {
    Schema outputs = spec.outputs();
    RowForm<I, O> form = forms.apply(input, outputs);
    TupleTag<O> scored = new TupleTag<>("scored");
    TupleTag<KV<I, String>> failed = new TupleTag<>("failed");
    ScoreFn<I, O> fn = new ScoreFn<>(spec.key(), outputs, form, scored, failed, spec.deadLetters());
    PCollectionTuple tuple =
        input.apply("Score", ParDo.of(fn).withOutputTags(scored, TupleTagList.of(failed)));
    tuple.get(scored).setCoder(form.coder());
    tuple.get(failed).setCoder(KvCoder.of(input.getCoder(), StringUtf8Coder.of()));
    return Result.of(tuple, scored, failed);
  }
}
