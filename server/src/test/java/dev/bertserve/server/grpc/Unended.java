package dev.bertserve.server.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call whose client sends messages, and ends its side only when the test says so. */
final class Unended {

  /** Reads any response, as unknown fields. */
  private static final Message ANY = Empty.getDefaultInstance();

  private final ClientCall<Message, Message> call;
  private final CompletableFuture<Status> status = new CompletableFuture<>();

  /** Starts the call; takes the response as it comes if {@code taking}. */
  Unended(Channel channel, String method, boolean taking) {
    MethodDescriptor<Message, Message> descriptor =
        MethodDescriptor.<Message, Message>newBuilder()
            // A client would keep the message of a unary call until the end.
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(method)
            .setRequestMarshaller(ProtoUtils.marshaller(ANY))
            .setResponseMarshaller(ProtoUtils.marshaller(ANY))
            .build();
    call = channel.newCall(descriptor, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status closed, Metadata trailers) {
            status.complete(closed);
          }
        },
        new Metadata());
    if (taking) {
      call.request(2);
    }
  }

  void send(Message message) {
    call.sendMessage(message);
  }

  void end() {
    call.halfClose();
  }

  /** The status of the call, once it has one. */
  Status status() throws InterruptedException, ExecutionException, TimeoutException {
    return status.get(PuppetCalls.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
