package dev.bertserve.server;

/**
 * One request of a stream.
 *
 * @param framed whether the next request starts where {@code bytes} end, so that this one gets one
 *     response
 * @param check holds the response to what is known of it, if framed
 */
@SuppressWarnings("ArrayRecordComponent")
record FuzzRequest(byte[] bytes, boolean framed, Check check) {

  /** What is known of a response. */
  interface Check {
    void check(FuzzReply reply) throws Exception;
  }
}
