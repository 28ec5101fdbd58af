package dev.bertserve.benchmarks.latency;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.PredictRequest;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.protocol.bigquery.BigQueryEndpoint;
import dev.bertserve.server.protocol.oip.InferStats;
import dev.bertserve.server.protocol.oip.OipRoutes;
import dev.bertserve.server.protocol.oip.OipService;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.tfserving.TfServingRoutes;
import dev.bertserve.server.protocol.tfserving.TfServingServices;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import dev.bertserve.server.rpc.RpcCall;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcReply;
import dev.bertserve.server.rpc.RpcService;
import dev.bertserve.server.serving.VersionLabels;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
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
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Reads a request of 128 rows and writes its response, over a service that costs nothing. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class DialectBenchmark {

  private static final int ROWS = 128;
  private static final List<String> TEXTS = Sentences.of(ROWS);
  private static final FixedModel MODEL = new FixedModel(new FixedService(ROWS));
  private static final String LENGTH_HEADER = "inference-header-content-length";

  /** The protocol. */
  public enum Dialect {
    VERTEX {
      @Override
      ToIntFunction<ByteBuf> open() {
        return http("/predict", "{\"instances\":" + list(TEXTS) + "}");
      }
    },
    BIGQUERY {
      @Override
      ToIntFunction<ByteBuf> open() {
        List<String> calls = TEXTS.stream().map(text -> list(List.of(text))).toList();
        return http(
            "/bigquery",
            "{\"userDefinedContext\":{\"model\":\"bert\"},\"calls\":["
                + String.join(",", calls)
                + "]}");
      }
    },
    TF_SERVING_ROWS {
      @Override
      ToIntFunction<ByteBuf> open() {
        return http("/v1/models/bert:predict", "{\"instances\":" + list(TEXTS) + "}");
      }
    },
    TF_SERVING_COLUMNS {
      @Override
      ToIntFunction<ByteBuf> open() {
        return http("/v1/models/bert:predict", "{\"inputs\":" + list(TEXTS) + "}");
      }
    },
    TF_SERVING_GRPC {
      @Override
      ToIntFunction<ByteBuf> open() {
        TensorProto.Builder texts =
            TensorProto.newBuilder()
                .setDtype(DataType.DT_STRING)
                .setTensorShape(
                    TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(ROWS)));
        TEXTS.forEach(text -> texts.addStringVal(ByteString.copyFromUtf8(text)));
        PredictRequest request =
            PredictRequest.newBuilder()
                .setModelSpec(ModelSpec.newBuilder().setName("bert"))
                .putInputs("text", texts.build())
                .build();
        return grpc(TfServingServices.of(MODEL, LABELS).get(0), "Predict", request);
      }
    },
    OPEN_INFERENCE_JSON {
      @Override
      ToIntFunction<ByteBuf> open() {
        return http(
            "/v2/models/bert/infer",
            "{\"inputs\":[{\"name\":\"text\",\"shape\":[128],\"datatype\":\"BYTES\",\"data\":"
                + list(TEXTS)
                + "}]}");
      }
    },
    OPEN_INFERENCE_BINARY {
      @Override
      ToIntFunction<ByteBuf> open() {
        byte[] tensor = tensor();
        String head =
            "{\"inputs\":[{\"name\":\"text\",\"shape\":[128],\"datatype\":\"BYTES\","
                + "\"parameters\":{\"binary_data_size\":"
                + tensor.length
                + "}}],\"parameters\":{\"binary_data_output\":true}}";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        body.writeBytes(tensor);
        return http("/v2/models/bert/infer", body.toByteArray(), head.length());
      }
    },
    OPEN_INFERENCE_GRPC {
      @Override
      ToIntFunction<ByteBuf> open() {
        ModelInferRequest request =
            ModelInferRequest.newBuilder()
                .setModelName("bert")
                .addInputs(
                    ModelInferRequest.InferInputTensor.newBuilder()
                        .setName("text")
                        .setDatatype("BYTES")
                        .addShape(ROWS))
                .addRawInputContents(ByteString.copyFrom(tensor()))
                .build();
        return grpc(OipService.of(MODEL, new InferStats(System::nanoTime)), "ModelInfer", request);
      }
    };

    private static final VersionLabels LABELS = VersionLabels.parse(List.of());

    /** Handles one request; returns the length of its response, which is written to the buffer. */
    abstract ToIntFunction<ByteBuf> open();

    private static ToIntFunction<ByteBuf> http(String path, String body) {
      return http(path, body.getBytes(StandardCharsets.UTF_8), 0);
    }

    /** {@code jsonBytes} is the length of the JSON before binary tensors; 0 without any. */
    private static ToIntFunction<ByteBuf> http(String path, byte[] body, int jsonBytes) {
      Router.Match match = router().find("POST", path).orElseThrow();
      Request request =
          new Request(
              "POST",
              path,
              match.values(),
              name ->
                  jsonBytes > 0 && name.equalsIgnoreCase(LENGTH_HEADER)
                      ? Integer.toString(jsonBytes)
                      : "",
              body,
              System.nanoTime(),
              () -> false);
      return sink -> {
        Response response = match.route().endpoint().handle(request).toCompletableFuture().join();
        try (ByteBufOutputStream out = new ByteBufOutputStream(sink)) {
          while (response.payload().writeTo(out)) {
            // The next piece
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return sink.readableBytes();
      };
    }

    private static Router router() {
      List<Route> routes = new ArrayList<>();
      routes.add(
          new Route(
              "POST",
              "/predict",
              "predict",
              new VertexEndpoint(
                  MODEL::lease, new VertexSettings(PredictionForm.TENSOR, NullText.ERROR))));
      routes.addAll(TfServingRoutes.of(MODEL, LABELS));
      routes.addAll(OipRoutes.of(MODEL, new InferStats(System::nanoTime)));
      routes.addAll(BigQueryEndpoint.routes(MODEL, "bert"));
      return new Router(routes);
    }

    private static ToIntFunction<ByteBuf> grpc(RpcService service, String name, Message request) {
      RpcMethod<?, ?> method =
          service.methods().stream()
              .filter(candidate -> candidate.name().equals(name))
              .findFirst()
              .orElseThrow();
      byte[] bytes = request.toByteArray();
      return sink -> call(method, bytes, sink);
    }

    private static <Q extends Message, A extends Message> int call(
        RpcMethod<Q, A> method, byte[] request, ByteBuf sink) {
      try {
        @SuppressWarnings("unchecked") // A message's parser returns messages of its type.
        Q message = (Q) method.request().getParserForType().parseFrom(request);
        RpcReply<A> reply =
            method
                .handler()
                .handle(message, new RpcCall(System.nanoTime(), Duration.ofDays(1), () -> false))
                .toCompletableFuture()
                .join();
        sink.writeBytes(reply.message().get().toByteArray());
        return sink.readableBytes();
      } catch (InvalidProtocolBufferException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The texts, each after its length. */
    private static byte[] tensor() {
      ByteArrayOutputStream tensor = new ByteArrayOutputStream();
      for (String text : TEXTS) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        tensor.writeBytes(
            ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .array());
        tensor.writeBytes(bytes);
      }
      return tensor.toByteArray();
    }

    private static String list(List<String> texts) {
      return "[\"" + String.join("\",\"", texts) + "\"]";
    }
  }

  @Param public Dialect dialect;

  private ToIntFunction<ByteBuf> opened;
  private ByteBuf buffer;

  @Setup
  public void open() {
    opened = dialect.open();
    buffer = PooledByteBufAllocator.DEFAULT.directBuffer(64 * 1024);
  }

  @TearDown
  public void close() {
    buffer.release();
  }

  @Benchmark
  public int request() {
    buffer.clear();
    return opened.applyAsInt(buffer);
  }
}
