package dev.bertserve.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads messages; a malformed one is a result, so that its call fails with a status of ours. */
final class IncomingMarshaller<Q extends Message>
    implements MethodDescriptor.Marshaller<Incoming<Q>> {

  private final Q empty;
  private final int maxBytes;

  /** Does not parse messages of more than {@code maxBytes}. */
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
      if (stream instanceof KnownLength && stream.available() > maxBytes) {
        return new Incoming<>(null, "too large (expected: <= " + maxBytes + " bytes)");
      }
      @SuppressWarnings("unchecked") // A message's parser returns messages of its type.
      Q message = (Q) empty.getParserForType().parseFrom(stream);
      return new Incoming<>(message, "");
    } catch (InvalidProtocolBufferException e) {
      return new Incoming<>(
          null, "malformed (expected: " + empty.getDescriptorForType().getFullName() + ")");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
