package dev.bertserve.benchmarks.latency;

import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
import org.openjdk.jmh.infra.Blackhole;

/** Turns a text into ids, or only into its bytes in UTF-8. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class TokeniseBenchmark {

  /** The output of a text. */
  public enum Product {
    IDS {
      @Override
      Function<String, Object> open() throws IOException {
        Tokenizer tokenizer = BuiltInModel.read().tokenizer();
        return tokenizer::tokenize;
      }
    },
    BYTES {
      @Override
      Function<String, Object> open() {
        return text -> text.getBytes(StandardCharsets.UTF_8);
      }
    };

    abstract Function<String, Object> open() throws IOException;
  }

  @Param public Product product;

  private final List<String> texts = Sentences.of(64);
  private Function<String, Object> opened;

  @Setup
  public void open() throws IOException {
    opened = product.open();
  }

  /** 64 rows. */
  @Benchmark
  public void texts(Blackhole sink) {
    for (int i = 0; i < texts.size(); i++) {
      sink.consume(opened.apply(texts.get(i)));
    }
  }
}
