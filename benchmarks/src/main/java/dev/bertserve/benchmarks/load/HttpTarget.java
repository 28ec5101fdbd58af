package dev.bertserve.benchmarks.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A predict route; each request takes a connection that is free, or a new one. */
final class HttpTarget implements Target {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final URI url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  HttpTarget(URI url) {
    this.url = url;
  }

  @Override
  public CompletableFuture<Reply> send(List<String> texts) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Json.instances(texts)))
            .build();
    return client
        .sendAsync(request, BodyHandlers.ofString())
        .handle(
            (response, failure) ->
                response == null
                    ? new Reply(0, String.valueOf(failure))
                    : new Reply(response.statusCode(), response.body()));
  }
}
