package dev.bertserve.server.serving;

import dev.bertserve.server.serving.admission.Permit;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * A batch's answers to the request that they belong to, or the same array copied row by row. In
 * this package because the step has no seam that is public.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class ScatterBenchmark {

  private static final int ROWS = 64;

  /** What takes the answers. */
  public enum Target {
    GATHER {
      @Override
      Object scatter(List<OutputSpec> outputs, List<float[]> answers) {
        Gather gather = new Gather(ROWS, outputs, () -> false, Long.MAX_VALUE, Permit.none());
        for (int row = 0; row < ROWS; row++) {
          gather.answer(row, answers, row);
        }
        return gather;
      }
    },
    ARRAY {
      @Override
      Object scatter(List<OutputSpec> outputs, List<float[]> answers) {
        float[] from = answers.get(0);
        int size = outputs.get(0).rowSize();
        float[] to = new float[from.length];
        for (int row = 0; row < ROWS; row++) {
          System.arraycopy(from, row * size, to, row * size, size);
        }
        return to;
      }
    };

    abstract Object scatter(List<OutputSpec> outputs, List<float[]> answers);
  }

  @Param public Target target;

  /** Values a row: of a classifier, and of an encoder. */
  @Param({"2", "768"})
  public int values;

  private List<OutputSpec> outputs;
  private List<float[]> answers;

  @Setup
  public void open() {
    outputs = List.of(new OutputSpec("output", List.of(values)));
    answers = List.of(new float[ROWS * values]);
  }

  @Benchmark
  public Object batch() {
    return target.scatter(outputs, answers);
  }
}
