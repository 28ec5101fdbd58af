package dev.bertserve.benchmarks.latency;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/**
 * Parses a body to rows of texts: the endpoint over a service that completes immediately, or plain
 * Jackson.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class ParseBenchmark {

  /** The reader. */
  public enum Reader {
    BERTSERVE {
      @Override
      Function<byte[], Object> open() {
        VertexEndpoint endpoint =
            new VertexEndpoint(
                new FixedModel(new FixedService(1))::lease,
                new VertexSettings(PredictionForm.TENSOR, NullText.ERROR));
        return body ->
            endpoint.handle(
                new Request(
                    "POST",
                    "/predict",
                    Map.of(),
                    name -> "",
                    body,
                    System.nanoTime(),
                    () -> false));
      }
    },
    JACKSON {
      @Override
      Function<byte[], Object> open() {
        JsonFactory factory = new JsonFactory();
        return body -> strings(factory, body);
      }
    };

    abstract Function<byte[], Object> open();

    private static List<String> strings(JsonFactory factory, byte[] body) {
      List<String> strings = new ArrayList<>();
      try (JsonParser parser = factory.createParser(body)) {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          if (token == JsonToken.VALUE_STRING) {
            strings.add(parser.getText());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return strings;
    }
  }

  @Param public Reader reader;

  @Param({"1", "64"})
  public int rows;

  private byte[] body;
  private Function<byte[], Object> opened;

  @Setup
  public void open() {
    String json = "{\"instances\":[\"" + String.join("\",\"", Sentences.of(rows)) + "\"]}";
    body = json.getBytes(StandardCharsets.UTF_8);
    opened = reader.open();
  }

  /** 64 rows. */
  @Benchmark
  public void bodies(Blackhole sink) {
    for (int row = 0; row < 64; row += rows) {
      sink.consume(opened.apply(body));
    }
  }
}
