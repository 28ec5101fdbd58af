package dev.bertserve.server.rpc;

import com.google.protobuf.Message;
import java.util.function.Supplier;

/**
 * What a call returns.
 *
 * @param message builds the message; called at most once, by the transport, on a worker
 * @param release called once the message has been sent, or when it is certain that it will not be;
 *     further calls do nothing
 */
public record RpcReply<A extends Message>(Supplier<A> message, Runnable release) {}
