package dev.bertserve.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses all bytes that a connection has received, and accepts well-formed HTTP/1.1 only. */
final class FuzzReplies {

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 ([1-5]\\d\\d) [ -~]*");
  private static final Pattern HEADER = Pattern.compile("([-!#$%&'*+.^_`|~0-9A-Za-z]+): ([ -~]*)");
  private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9a-f]{1,7}");
  private static final byte[] START = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);
  private static final int CONTINUE = 100;

  /** The bytes end within a response. */
  private static final class Incomplete extends Exception {
    private static final long serialVersionUID = 1;

    Incomplete(int at) {
      super("ends within a response that starts at byte " + at, null, false, false);
    }
  }

  private final byte[] bytes;
  private final boolean headRequests;
  private int at;
  private int start;

  private FuzzReplies(byte[] bytes, boolean headRequests) {
    this.bytes = bytes;
    this.headRequests = headRequests;
  }

  /**
   * The final responses in {@code bytes}.
   *
   * @param headRequests whether responses may lack the body that they announce
   * @param whole whether the server ended the connection in order, so nothing may be cut off
   */
  static List<FuzzReply> parse(byte[] bytes, boolean headRequests, boolean whole) {
    FuzzReplies parser = new FuzzReplies(bytes, headRequests);
    List<FuzzReply> replies = new ArrayList<>();
    try {
      while (parser.at < bytes.length) {
        parser.start = parser.at;
        parser.next().ifPresent(replies::add);
      }
    } catch (Incomplete e) {
      if (whole) {
        throw parser.malformed(e.getMessage());
      }
    }
    return replies;
  }

  /** One response; nothing for a 100. */
  private Optional<FuzzReply> next() throws Incomplete {
    Matcher statusLine = STATUS_LINE.matcher(line());
    if (!statusLine.matches()) {
      throw malformed("no status line");
    }
    int status = Integer.parseInt(statusLine.group(1));
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      Matcher header = HEADER.matcher(line);
      if (!header.matches()
          || headers.put(header.group(1).toLowerCase(Locale.ROOT), header.group(2)) != null) {
        throw malformed("header: " + line);
      }
    }
    if (status == CONTINUE) {
      return Optional.empty();
    }
    boolean bodiless = headRequests && (at == bytes.length || startsWithReply());
    String body = bodiless ? null : new String(body(headers), StandardCharsets.UTF_8);
    return Optional.of(new FuzzReply(status, headers, body));
  }

  private byte[] body(Map<String, String> headers) throws Incomplete {
    String length = headers.get("content-length");
    String encoding = headers.get("transfer-encoding");
    if (length != null && encoding != null) {
      throw malformed("two framings");
    }
    if (length != null) {
      return take(Integer.parseInt(length));
    }
    if (encoding == null) {
      if (!"close".equals(headers.get("connection"))) {
        throw malformed("no framing");
      }
      return take(bytes.length - at);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.writeBytes(take(size));
      requireEmptyLine();
    }
    requireEmptyLine();
    return body.toByteArray();
  }

  private int chunkSize() throws Incomplete {
    String line = line();
    if (!CHUNK_SIZE.matcher(line).matches()) {
      throw malformed("chunk size: " + line);
    }
    return Integer.parseInt(line, 16);
  }

  private void requireEmptyLine() throws Incomplete {
    String line = line();
    if (!line.isEmpty()) {
      throw malformed("end of chunk: " + line);
    }
  }

  private byte[] take(int count) throws Incomplete {
    if (count > bytes.length - at) {
      throw new Incomplete(start);
    }
    byte[] taken = new byte[count];
    System.arraycopy(bytes, at, taken, 0, count);
    at += count;
    return taken;
  }

  private String line() throws Incomplete {
    int end = at;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    if (end == bytes.length) {
      throw new Incomplete(start);
    }
    if (end == at || bytes[end - 1] != '\r') {
      throw malformed("line without a carriage return");
    }
    String line = new String(bytes, at, end - 1 - at, StandardCharsets.ISO_8859_1);
    at = end + 1;
    return line;
  }

  private boolean startsWithReply() {
    for (int i = 0; i < START.length; i++) {
      if (at + i >= bytes.length || bytes[at + i] != START[i]) {
        return false;
      }
    }
    return true;
  }

  private AssertionError malformed(String what) {
    return new AssertionError(
        what + " in response: " + FuzzClient.shown(bytes, start, bytes.length));
  }
}
