package dev.bertserve.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/** Reads messages; a malformed one is a result, so that its call fails with a status of ours. */
final class IncomingMarshaller<Q extends Message>
    implements MethodDescriptor.Marshaller<Incoming<Q>> {

  private final Q empty;
  private final int maxBytes;

  /** Parses at most {@code maxBytes} bytes of a message. */
  IncomingMarshaller(Q empty, int maxBytes) {
    this.empty = empty;
    this.maxBytes = maxBytes;
  }

  @Override
  public InputStream stream(Incoming<Q> value) {
    throw new UnsupportedOperationException("a server sends no requests");
  }

  @Override
  public Incoming<Q> parse(InputStream stream) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(stream);
      in.setSizeLimit(maxBytes);
      @SuppressWarnings("unchecked") // A message's parser returns messages of its type.
      Q message = (Q) empty.getParserForType().parseFrom(in);
      in.checkLastTagWas(0);
      return new Incoming<>(message, "");
    } catch (InvalidProtocolBufferException | StatusRuntimeException e) {
      // The second says that it is too large when decompressed.
      return new Incoming<>(
          null,
          "malformed (expected: %s of at most %d bytes)"
              .formatted(empty.getDescriptorForType().getFullName(), maxBytes));
    }
  }
}
