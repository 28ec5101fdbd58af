package dev.bertserve.benchmarks.micro;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * Texts and tokens per second on one thread, with up to 128 ids per text.
 *
 * <pre>
 * mvn -pl tokenizer,benchmarks package dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp benchmarks/target/classes:$(cat benchmarks/target/classpath) \
 *   org.openjdk.jmh.Main TokenizerBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class TokenizerBenchmark {

  @Param public Rival rival;

  @Param public Texts texts;

  private String[] lines;
  private ToIntFunction<String> tokenizer;
  private int next;

  @Setup
  public void open() throws IOException {
    lines = texts.read();
    tokenizer =
        rival.open(
            Path.of(
                System.getProperty(
                    "bertserve.vocabulary", "../shared/tools/vocab/vocab_uncased.txt")));
  }

  /** Number of ids, counted in addition to the texts. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counted {

    public long tokens;
  }

  @Benchmark
  public int text(Counted counted) {
    next = next + 1 == lines.length ? 0 : next + 1;
    int ids = tokenizer.applyAsInt(lines[next]);
    counted.tokens += ids;
    return ids;
  }
}
