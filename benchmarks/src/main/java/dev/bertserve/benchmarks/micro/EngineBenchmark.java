package dev.bertserve.benchmarks.micro;

import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Batches per second of one engine, with the exported graph and with the rewritten graphs. For
 * another model than the built-in one: {@code -jvmArgsAppend -Dmodel=/path/to/model}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark {

  private static final String BUILT_IN = "../server/target/bertserve/model/sentiment";

  /** Graph and number format: as exported, or rewritten. */
  public enum Form {
    EXPORTED,
    FP32,
    BF16,
    INT8
  }

  @Param({"EXPORTED", "FP32", "BF16"})
  private Form form = Form.EXPORTED;

  /** Rows by tokens. */
  @Param({"1x32", "64x32", "8x128"})
  private String shape = "";

  private @Nullable Engine engine;
  private List<TokenIds> rows = List.of();

  @Setup
  public void open() throws IOException {
    PreparedModel model = ModelPreparer.prepare(Path.of(System.getProperty("model", BUILT_IN)));
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    int count = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    int length = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
    TokenIds row = tokenizer.tokenize("good ".repeat(length - 2));
    if (row.length() != length) {
      throw new IllegalStateException("row: " + row.length() + " ids (expected: " + length + ")");
    }
    rows = Collections.nCopies(count, row);
    engine = engine(model, rows.subList(0, 1));
  }

  private Engine engine(PreparedModel model, List<TokenIds> probe) throws IOException {
    if (form == Form.EXPORTED) {
      return EngineSelection.openAsExported(model, EngineSettings.of(Precision.FP32, 1));
    }
    EngineSettings settings = EngineSettings.of(Precision.valueOf(form.name()), 1);
    PreparedModel prepared =
        form == Form.INT8 ? EngineSelection.quantised(model, settings, probe, List.of()) : model;
    return EngineSelection.open(prepared, settings, probe).engine();
  }

  @TearDown
  public void close() {
    Objects.requireNonNull(engine).close();
  }

  @Benchmark
  public List<Column> run() {
    return Objects.requireNonNull(engine).runAll(TokenRow.allOf(rows));
  }
}
