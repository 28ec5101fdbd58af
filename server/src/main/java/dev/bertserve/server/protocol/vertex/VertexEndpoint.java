package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.rows.HttpCaller;
import dev.bertserve.server.protocol.rows.NumberText;
import dev.bertserve.server.protocol.rows.RowsForm;
import dev.bertserve.server.protocol.rows.RowsWriter;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.PredictionService;
import java.util.concurrent.CompletionStage;

/**
 * Returns {@code {"predictions": [...]}} for {@code {"instances": [...]}}, one prediction per
 * instance.
 */
public final class VertexEndpoint implements Endpoint {

  private final ModelSource models;
  private final VertexSettings settings;

  public VertexEndpoint(ModelSource models, VertexSettings settings) {
    this.models = models;
    this.settings = settings;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    try (ModelLease lease = models.lease()) {
      return handle(request, lease);
    }
  }

  private CompletionStage<Response> handle(Request request, ModelLease lease) {
    PredictionService usual = lease.model();
    Caller caller = HttpCaller.of(request);
    usual.requireRoom(caller);
    // The parameters, which name the signature, may come after the rows
    PredictionService reader =
        lease.hasOneSetOfInputs() ? usual : VertexReader.parameters(request.body()).service(lease);
    VertexBody body =
        VertexReader.read(
            request.body(), reader.signature().inputs(), reader.maxRows(), settings.nullText());
    Parameters parameters = body.parameters();
    RowsForm form =
        new RowsForm("predictions", parameters.form().orElse(settings.form()), NumberText.QUOTED);
    PredictionService service = parameters.service(lease);
    parameters.requireAllowed(service.signature().outputs());
    return service.predict(
        body.rows().request(caller),
        prediction ->
            Response.json(new RowsWriter(parameters.chosen(prediction), body.rows(), form)));
  }
}
