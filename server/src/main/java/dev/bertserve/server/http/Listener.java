package dev.bertserve.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a listening socket without a reset for clients that the kernel has already connected. Linux
 * resets them if the socket just closes, so it is first made deaf to new ones, and emptied.
 */
final class Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;

  /** Of {@code struct tcp_info} up to tcpi_unacked: connections that wait to be accepted. */
  private static final int TCP_INFO_BYTES = 28;

  private static final int UNACKED_OFFSET = 24;

  private static final RawUnixChannelOption INFO =
      new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, TCP_INFO_BYTES);

  /** For handshakes that had begun before; longer than a round trip. */
  private static final long HANDSHAKE_MILLIS = 100;

  private static final long POLL_MILLIS = 5;

  private final Channel channel;

  Listener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Takes no further connections, and waits until those that are there have been accepted, for at
   * most {@code limitNanos} and the time of a handshake. Does nothing on other systems than Linux.
   */
  void refuseNew(long limitNanos) throws InterruptedException {
    if (!(channel instanceof EpollServerSocketChannel)) {
      return;
    }
    try {
      dropSyns();
      TimeUnit.MILLISECONDS.sleep(HANDSHAKE_MILLIS);
      long deadline = System.nanoTime() + limitNanos;
      while (waiting() > 0 && System.nanoTime() - deadline < 0) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (ChannelException e) {
      LOG.debug("the listener closes at once", e);
    }
  }

  /** Has the kernel drop what asks for a new connection, and only that. */
  private void dropSyns() {
    Instruction[] program = {
      new Instruction(0x30, 0, 0, 13), // load the byte of flags of the TCP header
      new Instruction(0x45, 0, 1, 0x02), // go on at the next one if SYN is set
      new Instruction(0x06, 0, 0, 0), // drop
      new Instruction(0x06, 0, 0, -1), // pass
    };
    ByteBuffer code =
        ByteBuffer.allocateDirect(program.length * Instruction.BYTES)
            .order(ByteOrder.nativeOrder());
    try {
      for (Instruction instruction : program) {
        instruction.writeTo(code);
      }
      int pointerBytes = Buffer.addressSize();
      ByteBuffer fprog = ByteBuffer.allocate(2 * pointerBytes).order(code.order());
      fprog.putShort(0, (short) program.length);
      long address = Buffer.memoryAddress(code);
      if (pointerBytes == Long.BYTES) {
        fprog.putLong(pointerBytes, address);
      } else {
        fprog.putInt(pointerBytes, (int) address);
      }
      channel
          .config()
          .setOption(
              new RawUnixChannelOption(
                  "SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, fprog.capacity()),
              fprog);
    } finally {
      // The kernel copies what the address points at.
      Reference.reachabilityFence(code);
    }
  }

  private int waiting() {
    ByteBuffer info = channel.config().getOption(INFO);
    return info == null ? 0 : info.order(ByteOrder.nativeOrder()).getInt(UNACKED_OFFSET);
  }

  /** One {@code struct sock_filter}. */
  private record Instruction(int code, int ifTrue, int ifFalse, int operand) {

    static final int BYTES = 8;

    void writeTo(ByteBuffer program) {
      program.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
    }
  }
}
