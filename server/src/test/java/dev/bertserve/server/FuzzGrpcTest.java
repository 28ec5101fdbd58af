package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.proto.oip.OpenInference;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.PredictResponse;
import dev.bertserve.proto.tfserving.TensorflowServing;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.wiring.InferenceServer;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sends every gRPC method of the whole server damaged messages. {@code bertserve.fuzz.rounds} sets
 * how many per method, {@code bertserve.fuzz.seed} the seed.
 */
final class FuzzGrpcTest {

  private static final int ROUNDS = Integer.getInteger("bertserve.fuzz.rounds", 40);
  private static final long SEED = Long.getLong("bertserve.fuzz.seed", System.nanoTime());
  private static final int MOST_RANDOM_BYTES = 300;
  private static final int MOST_CHANGES = 8;
  private static final double TOLERANCE = 1e-5;

  private static final List<Status.Code> ALLOWED =
      List.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.RESOURCE_EXHAUSTED);

  private final Random random = new Random(SEED);
  private final Map<Status.Code, Integer> statuses = new EnumMap<>(Status.Code.class);

  @Test
  @Timeout(300)
  void server_damagedMessages_failAloneAndAsTheClientsFault() throws Exception {
    List<KnownAnswer> answers = KnownAnswer.builtIn().subList(0, 8);
    InferenceServer server = InferenceServerTest.server("--grpc-port=-1");
    try (LogWatch log = new LogWatch();
        RpcClient client = new RpcClient(server.grpcPort().orElseThrow())) {
      server.load(InferenceServerTest.MODEL);
      for (MethodDescriptor method : methods()) {
        String name = method.getService().getFullName() + "/" + method.getName();
        byte[] whole = message(name, method, answers).toByteArray();
        for (int i = 0; i < ROUNDS; i++) {
          Status status = client.send(name, damaged(whole));
          assertThat(status.getCode()).as("seed %d, %s: %s", SEED, name, status).isIn(ALLOWED);
          statuses.merge(status.getCode(), 1, Integer::sum);
          requireScore(client, answers.get(i % answers.size()));
        }
      }
      assertThat(log.lines()).isEmpty();
    }
    System.out.printf("fuzz: seed %d, gRPC statuses: %s%n", SEED, statuses);
    assertThat(statuses).containsKeys(Status.Code.OK, Status.Code.INVALID_ARGUMENT);
    assertThat(server.stop(InferenceServerTest.STOP_LIMIT)).as("all calls have ended").isTrue();
  }

  private static List<MethodDescriptor> methods() {
    List<MethodDescriptor> methods = new ArrayList<>();
    for (ServiceDescriptor service : TensorflowServing.getDescriptor().getServices()) {
      methods.addAll(service.getMethods());
    }
    methods.addAll(OpenInference.getDescriptor().getServices().get(0).getMethods());
    return methods;
  }

  /** A message that the method can answer. */
  private Message message(String name, MethodDescriptor method, List<KnownAnswer> answers) {
    return switch (name) {
      case GrpcServicesTest.PREDICT -> GrpcServicesTest.predict(answers);
      case GrpcInferenceTest.INFER ->
          random.nextBoolean() ? GrpcInferenceTest.raw(answers) : GrpcInferenceTest.typed(answers);
      case GrpcExamplesTest.CLASSIFY -> GrpcExamplesTest.classification(answers);
      case GrpcExamplesTest.REGRESS -> GrpcExamplesTest.regression(answers);
      default -> named(method);
    };
  }

  /** A request for a page about the model. */
  private static Message named(MethodDescriptor method) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(method.getInputType());
    for (FieldDescriptor field : method.getInputType().getFields()) {
      switch (field.getName()) {
        case "name" -> message.setField(field, "bert");
        case "model_spec" ->
            message.setField(field, ModelSpec.newBuilder().setName("bert").build());
        case "metadata_field" -> message.addRepeatedField(field, "signature_def");
        default -> {}
      }
    }
    return message.build();
  }

  private byte[] damaged(byte[] whole) {
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      case 1 -> {
        byte[] bytes = new byte[random.nextInt(MOST_RANDOM_BYTES)];
        random.nextBytes(bytes);
        yield bytes;
      }
      case 2 -> changed(whole);
      default -> {
        byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
        System.arraycopy(whole, 0, twice, whole.length, whole.length);
        yield changed(twice);
      }
    };
  }

  private byte[] changed(byte[] whole) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(MOST_CHANGES); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private void requireScore(RpcClient client, KnownAnswer answer) {
    double score =
        random.nextBoolean()
            ? client
                .call(
                    GrpcServicesTest.PREDICT,
                    GrpcServicesTest.predict(List.of(answer)),
                    PredictResponse.getDefaultInstance())
                .getOutputsOrThrow("classifier")
                .getFloatVal(0)
            : client
                .call(
                    GrpcInferenceTest.INFER,
                    GrpcInferenceTest.typed(List.of(answer)),
                    ModelInferResponse.getDefaultInstance())
                .getOutputs(0)
                .getContents()
                .getFp32Contents(0);
    assertThat(score).as("seed %d", SEED).isCloseTo(answer.score(), within(TOLERANCE));
  }
}
