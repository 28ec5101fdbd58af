package dev.bertserve.server.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetCode;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphGetOpDef;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_OK;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.proto.OpDef;

/**
 * The definitions of ops, read one by one: TensorFlow's list of all 1,800 takes longer than the
 * graph that needs 50 of them.
 */
final class OpDefinitions {

  private final Map<String, Optional<OpDef>> known = new HashMap<>();

  /** Empty if neither TensorFlow nor a loaded library has {@code op}. */
  Optional<OpDef> of(String op) {
    return known.computeIfAbsent(op, OpDefinitions::read);
  }

  @SuppressWarnings("try") // a scope closes the objects created in it, and is not used by name
  private static Optional<OpDef> read(String op) {
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_Buffer definition = TF_Buffer.newBuffer();
      TF_GraphGetOpDef(TF_Graph.newGraph(), op, definition, status);
      return TF_GetCode(status) == TF_OK
          ? Optional.of(OpDef.parseFrom(definition.dataAsByteBuffer()))
          : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("op " + op + ": not readable (expected: a proto)", e);
    }
  }
}
