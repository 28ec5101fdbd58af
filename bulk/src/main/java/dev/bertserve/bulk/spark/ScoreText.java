package dev.bertserve.bulk.spark;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.RowScoring;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** A SQL function of one text. Rows of tasks that run at the same time share batches. */
final class ScoreText implements UDF1<@Nullable String, @Nullable Object> {

  private static final long serialVersionUID = 1;

  private final ModelKey key;
  private final StructType outputs;

  ScoreText(ModelKey key, StructType outputs) {
    this.key = key;
    this.outputs = outputs;
  }

  @Override
  public @Nullable Object call(@Nullable String text) throws IOException {
    if (text == null) {
      return null;
    }
    TextModel model = ExecutorModels.acquire(key);
    try {
      OutputColumns.check(outputs, model);
      Outputs scored = RowScoring.score(model, List.of(List.of(text))).get(0).outputs();
      if (scored == null) {
        return null;
      }
      Object[] values = OutputColumns.values(scored, outputs);
      return values.length == 1 ? values[0] : RowFactory.create(values);
    } finally {
      ExecutorModels.release(key);
    }
  }
}
