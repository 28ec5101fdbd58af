package dev.bertserve.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;

/**
 * A failed call as gRPC reports it.
 *
 * @param trailers with RetryInfo if a retry may help
 */
record FailureStatus(Status status, Metadata trailers) {

  private static final int RETRY_AFTER_SECONDS = 1;

  /** The status of {@code failure}'s kind. */
  static FailureStatus of(ServingException failure) {
    Status status = Status.fromCode(code(failure.kind())).withDescription(Reason.of(failure));
    boolean worthRetry =
        failure.kind() == FailureKind.OVERLOADED || failure.kind() == FailureKind.UNAVAILABLE;
    return worthRetry
        ? withRetry(status, Math.max(RETRY_AFTER_SECONDS, failure.retryAfterSeconds()))
        : new FailureStatus(status, new Metadata());
  }

  private static FailureStatus withRetry(Status status, int seconds) {
    RetryInfo retry =
        RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(seconds)).build();
    com.google.rpc.Status details =
        com.google.rpc.Status.newBuilder()
            .setCode(status.getCode().value())
            .setMessage(message(status.getDescription()))
            .addDetails(Any.pack(retry))
            .build();
    Metadata trailers = StatusProto.toStatusRuntimeException(details).getTrailers();
    return new FailureStatus(status, trailers == null ? new Metadata() : trailers);
  }

  private static String message(@Nullable String description) {
    return description == null ? "" : description;
  }

  private static Status.Code code(FailureKind kind) {
    return switch (kind) {
      case INVALID, TOO_LARGE -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case NOT_OFFERED -> Status.Code.FAILED_PRECONDITION;
      case OVERLOADED -> Status.Code.RESOURCE_EXHAUSTED;
      case INTERNAL, NOT_FINITE -> Status.Code.INTERNAL;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
    };
  }
}
