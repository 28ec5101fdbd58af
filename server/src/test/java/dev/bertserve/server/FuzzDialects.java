package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bertserve.server.fixture.KnownAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Random requests to the routes of the dialects other than Vertex AI's. */
final class FuzzDialects {

  private static final double TOLERANCE = 1e-5;

  private static final String[] PAGES = {
    "/",
    "/v1/models",
    "/v1/models/bert",
    "/V1/Models/bert/versions/1/",
    "/v1/models/bert/metadata",
    "/v2",
    "/v2/health/live",
    "/v2/health/ready",
    "/v2/models/stats",
    "/v2/models/bert",
    "/v2/models/bert/versions/1/ready",
    "/v2/models/bert/stats",
    "/v2/models/bert/config",
    "/openapi.json",
    "/monitoring/prometheus/metrics"
  };

  private static final String[] NO_PAGES = {
    "/v1/models/b%0Aert",
    "/v1/models/bert/versions/99999999999999999999",
    "/v1/models/bert/labels/a",
    "/v1/models/bert:predict",
    "/v1/%7Brest...%7D",
    "/v2/models/nope",
    "/v2/models/bert/versions/x",
    "/v2/models/bert/versions/2/ready",
    "/v3"
  };

  private final FuzzBodies bodies;
  private final FuzzFraming framing;
  private final Random random;

  FuzzDialects(FuzzBodies bodies, FuzzFraming framing, Random random) {
    this.bodies = bodies;
    this.framing = framing;
    this.random = random;
  }

  /** Finds the score of a row in a response. */
  private interface Scores {
    JsonNode of(JsonNode response, int row);
  }

  /** A request of some dialect: its target, further header lines, body, and where scores are. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Call(String target, String headers, byte[] body, Scores scores) {}

  FuzzRequest page() {
    byte[] head = framing.bare("GET " + framing.one(PAGES));
    return new FuzzRequest(head, true, reply -> assertThat(reply.status()).isEqualTo(200));
  }

  FuzzRequest noPage() {
    byte[] head = framing.bare("GET " + framing.one(NO_PAGES));
    return new FuzzRequest(head, true, reply -> assertThat(reply.status()).isIn(400, 404, 405));
  }

  /** A request of which the answer is known. */
  FuzzRequest good() {
    List<KnownAnswer> rows = bodies.rows();
    Call call = call(rows);
    byte[] bytes = framing.post(call.target(), call.headers(), call.body());
    return new FuzzRequest(bytes, true, reply -> requireScores(reply, call, rows));
  }

  FuzzRequest damaged() {
    Call call = call(bodies.rows());
    byte[] body = bodies.damaged(call.body());
    boolean fits = body.length < FuzzRequests.MAX_BODY_BYTES;
    return new FuzzRequest(
        framing.post(call.target(), call.headers(), body),
        fits,
        reply -> assertThat(reply.status()).isIn(200, 400, 404, 413, 429));
  }

  private Call call(List<KnownAnswer> rows) {
    ArrayNode texts = JsonNodeFactory.instance.arrayNode();
    ArrayNode objects = JsonNodeFactory.instance.arrayNode();
    ArrayNode lists = JsonNodeFactory.instance.arrayNode();
    for (KnownAnswer row : rows) {
      texts.add(row.text());
      objects.addObject().put("text", row.text());
      lists.addArray().add(row.text());
    }
    String examples = "{\"examples\":" + objects + "}";
    return switch (random.nextInt(8)) {
      case 0 ->
          json(
              "/v1/models/bert:predict",
              "{\"instances\":" + objects + "}",
              (tree, row) -> tree.at("/predictions/" + row + "/0"));
      case 1 ->
          json(
              "/V1/models/bert/versions/1:predict",
              "{\"inputs\":{\"text\":" + lists + "},\"signature_name\":\"serving_default\"}",
              (tree, row) -> tree.at("/outputs/" + row + "/0"));
      case 2 ->
          json("/v1/models/bert:regress", examples, (tree, row) -> tree.at("/results/" + row));
      case 3 ->
          json(
              "/v1/models/bert%3Aclassify",
              examples, (tree, row) -> tree.at("/results/" + row + "/0/1"));
      case 4 ->
          json(
              "/bigquery",
              "{\"calls\":" + lists + ",\"userDefinedContext\":{\"model\":\"bert\"}}",
              (tree, row) -> tree.at("/replies/" + row));
      case 5, 6 -> infer("\"data\":" + (random.nextBoolean() ? texts : lists), rows, new byte[0]);
      default -> binary(rows);
    };
  }

  private static Call json(String target, String body, Scores scores) {
    return new Call(target, "", FuzzBodies.utf8(body), scores);
  }

  private Call binary(List<KnownAnswer> rows) {
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    for (KnownAnswer row : rows) {
      byte[] text = FuzzBodies.utf8(row.text());
      ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      blob.writeBytes(length.putInt(text.length).array());
      blob.writeBytes(text);
    }
    return infer(
        "\"parameters\":{\"binary_data_size\":" + blob.size() + "}", rows, blob.toByteArray());
  }

  private static Call infer(String data, List<KnownAnswer> rows, byte[] blob) {
    byte[] head =
        FuzzBodies.utf8(
            "{\"id\":\"1\",\"inputs\":[{\"name\":\"text\",\"shape\":["
                + rows.size()
                + ",1],\"datatype\":\"BYTES\","
                + data
                + "}]}");
    String length =
        blob.length == 0 ? "" : "Inference-Header-Content-Length: " + head.length + "\r\n";
    return new Call(
        "/v2/models/bert/infer",
        length,
        FuzzBodies.joined(head, blob),
        (tree, row) -> tree.at("/outputs/0/data/" + row));
  }

  /** Accepts a rejection for load, which other clients may cause. */
  private static void requireScores(FuzzReply reply, Call call, List<KnownAnswer> rows)
      throws IOException {
    if (reply.status() == 429) {
      return;
    }
    assertThat(reply.status()).as("%s", reply).isEqualTo(200);
    JsonNode tree = FuzzReply.JSON.readTree(reply.body());
    for (int i = 0; i < rows.size(); i++) {
      assertThat(call.scores().of(tree, i).asDouble())
          .isCloseTo(rows.get(i).score(), within(TOLERANCE));
    }
    assertThat(call.scores().of(tree, rows.size()).isMissingNode()).isTrue();
  }
}
