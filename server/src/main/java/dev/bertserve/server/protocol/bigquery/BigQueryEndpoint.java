package dev.bertserve.server.protocol.bigquery;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.rows.HttpCaller;
import dev.bertserve.server.protocol.rows.NumberText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.protocol.rows.RowsForm;
import dev.bertserve.server.protocol.rows.RowsWriter;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.PredictionService;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Returns {@code {"replies": [...]}} for the {@code calls} of a remote function, whose arguments
 * are the texts of a row. A call with a NULL argument has a null reply.
 */
public final class BigQueryEndpoint implements Endpoint {

  /** BigQuery takes less than 1 kB; a character takes six bytes at most. */
  private static final int MAX_MESSAGE = 160;

  private final ModelCatalog catalog;
  private final String model;

  /** {@code model} is used where a function's context names none. */
  public BigQueryEndpoint(ModelCatalog catalog, String model) {
    this.catalog = catalog;
    this.model = model;
  }

  /** The route of remote functions. */
  public static List<Route> routes(ModelCatalog catalog, String model) {
    return List.of(
        new Route("POST", "/bigquery", "bigquery", new BigQueryEndpoint(catalog, model))
            .describedAs(
                "BigQuery remote function: a reply for each call",
                "{\"calls\":[[\"a fine film\"],[null]]}"));
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    CallContext context = CallContext.read(request.body());
    try (ModelLease lease = source(context.model().orElse(model)).lease()) {
      PredictionService service = lease.model();
      Caller caller = HttpCaller.of(request);
      service.requireRoom(caller);
      RowList rows =
          CallsReader.read(request.body(), service.signature().inputs(), service.maxRows());
      RowsForm form =
          new RowsForm("replies", context.form().orElse(PredictionForm.SCALAR), NumberText.QUOTED);
      return service.predict(
          rows.request(caller),
          prediction -> Response.json(new RowsWriter(prediction, rows, form)));
    }
  }

  private ModelSource source(String name) {
    return catalog
        .find(name, OptionalLong.empty())
        .orElseThrow(
            () ->
                new ServingException(
                    FailureKind.NOT_FOUND,
                    "model: " + Shown.of(name) + " (expected: a model of this server)"));
  }

  /** {@code {"errorMessage": ...}}, which BigQuery shows. */
  @Override
  public Response failure(HttpFailure failure) {
    return failure.response("errorMessage", MAX_MESSAGE);
  }
}
