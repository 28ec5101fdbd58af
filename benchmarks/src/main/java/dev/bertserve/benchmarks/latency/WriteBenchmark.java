package dev.bertserve.benchmarks.latency;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import dev.bertserve.server.serving.Column;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Makes a response and writes its body to a Netty buffer: the predict route, whose request has one
 * text, or the same numbers by plain Jackson.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class WriteBenchmark {

  /** The writer. */
  public enum Writer {
    BERTSERVE {
      @Override
      Payload open(FixedService service) {
        byte[] body = "{\"instances\":[\"text\"]}".getBytes(StandardCharsets.UTF_8);
        Request request =
            new Request(
                "POST", "/predict", Map.of(), name -> "", body, System.nanoTime(), () -> false);
        Response response =
            new VertexEndpoint(
                    new FixedModel(service)::lease,
                    new VertexSettings(PredictionForm.TENSOR, NullText.ERROR))
                .handle(request)
                .toCompletableFuture()
                .join();
        return response.payload();
      }
    },
    JACKSON {
      @Override
      Payload open(FixedService service) {
        JsonFactory factory =
            new JsonFactoryBuilder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
        float[] scores = ((Column.Floats) service.prediction().values().get(0)).values();
        return Payload.whole(
            sink -> {
              try (JsonGenerator json = factory.createGenerator(sink)) {
                json.writeStartArray();
                for (float score : scores) {
                  json.writeNumber(score);
                }
                json.writeEndArray();
              }
            });
      }
    };

    abstract Payload open(FixedService service);
  }

  @Param public Writer writer;

  @Param({"1", "64"})
  public int rows;

  private FixedService service;
  private ByteBuf buffer;

  @Setup
  public void open() {
    service = new FixedService(rows);
    buffer = PooledByteBufAllocator.DEFAULT.directBuffer(64 * 1024);
  }

  @TearDown
  public void close() {
    buffer.release();
  }

  /** 64 rows. Making the response is timed too, since a short body is written then. */
  @Benchmark
  public int bodies() throws IOException {
    buffer.clear();
    for (int written = 0; written < 64; written += rows) {
      try (ByteBufOutputStream sink = new ByteBufOutputStream(buffer)) {
        writer.open(service).writeTo(sink);
      }
    }
    return buffer.readableBytes();
  }
}
