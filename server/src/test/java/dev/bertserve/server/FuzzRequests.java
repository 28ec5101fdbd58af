package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bertserve.server.fixture.KnownAnswer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Random requests, from good ones to bytes that are none. */
final class FuzzRequests {

  static final int MAX_BODY_BYTES = 400_000;

  private static final double TOLERANCE = 1e-5;

  private final FuzzBodies bodies;
  private final FuzzFraming framing;
  private final FuzzDamage damage;
  private final FuzzDialects dialects;
  private final Random random;

  FuzzRequests(List<KnownAnswer> answers, Random random) {
    this.bodies = new FuzzBodies(answers, random);
    this.framing = new FuzzFraming(random);
    this.damage = new FuzzDamage(bodies, framing, random);
    this.dialects = new FuzzDialects(bodies, framing, random);
    this.random = random;
  }

  /** A request after which the next one can be told. */
  FuzzRequest framed() {
    return switch (random.nextInt(20)) {
      case 0 -> bare("GET /health", 200);
      case 1 -> bare("HEAD /health", 200);
      case 2 -> bare("GET /metrics?a=b", 200);
      case 3 -> bare("GET /no%20where", 404);
      case 4 -> bare("DELETE http://a/predict", 405);
      case 5, 6, 7, 8 -> good();
      case 9, 10 -> dialects.page();
      case 11 -> dialects.noPage();
      case 12, 13, 14 -> dialects.good();
      case 15, 16 -> dialects.damaged();
      default -> damagedBody();
    };
  }

  /** A prediction request of which the answer is known. */
  FuzzRequest good() {
    List<KnownAnswer> rows = bodies.rows();
    return new FuzzRequest(
        framing.predict(bodies.good(rows)), true, reply -> requireScores(reply, rows));
  }

  /** Bytes that the server may take for any number of requests. */
  FuzzRequest unframed() {
    return new FuzzRequest(damage.bytes(), false, reply -> {});
  }

  private FuzzRequest bare(String start, int status) {
    byte[] head = framing.bare(start);
    return new FuzzRequest(head, true, reply -> assertThat(reply.status()).isEqualTo(status));
  }

  private FuzzRequest damagedBody() {
    byte[] body = bodies.damaged();
    boolean fits = body.length < MAX_BODY_BYTES;
    return new FuzzRequest(framing.predict(body), fits, reply -> requirePlausible(reply, body));
  }

  /** Accepts a rejection for load, which other clients may cause. */
  private static void requireScores(FuzzReply reply, List<KnownAnswer> rows) throws IOException {
    if (reply.status() == 429) {
      return;
    }
    JsonNode predictions = reply.predictions();
    assertThat(predictions).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(predictions.get(i).get(0).asDouble())
          .isCloseTo(rows.get(i).score(), within(TOLERANCE));
    }
  }

  /** A 200 means that the body was strict JSON in UTF-8, with as many instances as predictions. */
  private static void requirePlausible(FuzzReply reply, byte[] body) throws IOException {
    assertThat(reply.status()).isIn(200, 400, 413, 429);
    if (reply.status() != 200) {
      return;
    }
    JsonNode instances = FuzzReply.JSON.readTree(strictUtf8(body)).path("instances");
    assertThat(instances.isArray()).isTrue();
    assertThat(reply.predictions()).hasSameSizeAs(instances);
  }

  private static String strictUtf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
