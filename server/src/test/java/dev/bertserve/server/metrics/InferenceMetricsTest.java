package dev.bertserve.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class InferenceMetricsTest {

  private final MetricsPage page = new MetricsPage();
  private final InferenceMetrics metrics = new InferenceMetrics(page, "bert", () -> 3, () -> 2);

  @Test
  void page_afterOneBatch_showsAllHistograms() throws IOException {
    metrics.recordTokenise(1_000_000);
    metrics.recordWait(3_000_000);
    metrics.recordRun(3, 40, 48, 20_000_000);
    assertThat(text())
        .contains("bertserve_rows_in_flight{model=\"bert\"} 3.0")
        .contains("bertserve_queue_rows{model=\"bert\"} 2.0")
        .contains("bertserve_tokenise_seconds_count{model=\"bert\"} 1")
        .contains("bertserve_queue_wait_seconds_bucket{model=\"bert\",le=\"0.002\"} 0")
        .contains("bertserve_queue_wait_seconds_bucket{model=\"bert\",le=\"0.005\"} 1")
        .contains("bertserve_batch_rows_bucket{model=\"bert\",le=\"2.0\"} 0")
        .contains("bertserve_batch_rows_bucket{model=\"bert\",le=\"4.0\"} 1")
        .contains("bertserve_batch_tokens_sum{model=\"bert\"} 40.0")
        .contains("bertserve_batch_padded_tokens_sum{model=\"bert\"} 48.0")
        .contains("bertserve_inference_seconds_count{model=\"bert\"} 1");
  }

  private String text() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    page.writeTo(text);
    return text.toString(StandardCharsets.UTF_8);
  }
}
