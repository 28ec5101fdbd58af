package dev.bertserve.server.http;

import dev.bertserve.server.access.FileValue;
import dev.bertserve.server.access.Identity;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

/**
 * TLS by the JDK, with the identity that the server has when a connection opens. Connections that
 * are open keep theirs. Any thread.
 */
public final class CurrentSslContext extends SslContext {

  private record Built(Identity identity, SslContext context) {}

  private final FileValue<Identity> identity;
  private final UnaryOperator<SslContextBuilder> protocols;
  private volatile Built built;

  /** {@code protocols} states the protocols above TLS. */
  public CurrentSslContext(
      FileValue<Identity> identity, UnaryOperator<SslContextBuilder> protocols) {
    this.identity = identity;
    this.protocols = protocols;
    this.built = build(identity.value());
  }

  private Built build(Identity current) {
    SslContextBuilder builder =
        SslContextBuilder.forServer(current.key(), current.chain()).sslProvider(SslProvider.JDK);
    try {
      return new Built(current, protocols.apply(builder).build());
    } catch (SSLException e) {
      throw new IllegalArgumentException("tls-certificate: unusable: " + e.getMessage(), e);
    }
  }

  private SslContext current() {
    Identity now = identity.value();
    Built latest = built;
    if (!latest.identity.equals(now)) {
      latest = build(now);
      built = latest;
    }
    return latest.context;
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return current().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return current().newEngine(allocator, peerHost, peerPort);
  }

  @Override
  public boolean isClient() {
    return false;
  }

  @Override
  public List<String> cipherSuites() {
    return current().cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // As Netty declares it.
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return current().applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return current().sessionContext();
  }
}
