-- Replace my-project, my_dataset, us.my-connection, ENDPOINT_ID and RUN_URL.
-- The connection is made once, outside SQL, and its service account needs the role Vertex AI User (remote model) and
-- Cloud Run Invoker (remote function):
--   bq mk --connection --location=US --connection_type=CLOUD_RESOURCE my-connection

-- A remote model over a shared public endpoint of Vertex AI. One output of the model: any name, and the type of a tensor.
CREATE OR REPLACE MODEL my_dataset.sentiment
  INPUT (text STRING)
  OUTPUT (score ARRAY<FLOAT64>)
  REMOTE WITH CONNECTION `us.my-connection`
  OPTIONS (
    ENDPOINT = 'https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations/us-central1/endpoints/ENDPOINT_ID');

-- With BERTSERVE_OUTPUT_FORM=scalar in the container, the output is OUTPUT (score FLOAT64); with object, columns have the names of the model's outputs.
-- With BERTSERVE_NULL_TEXT=null, a row without text has no score; otherwise it fails its batch of 128 rows.
SELECT text, score[OFFSET(0)] AS score, remote_model_status
FROM ML.PREDICT(MODEL my_dataset.sentiment, (SELECT text FROM my_dataset.reviews WHERE text IS NOT NULL));

-- A remote function over Cloud Run. NULL gives NULL.
CREATE OR REPLACE FUNCTION my_dataset.sentiment_of(text STRING) RETURNS FLOAT64
  REMOTE WITH CONNECTION `us.my-connection`
  OPTIONS (
    endpoint = 'RUN_URL/bigquery',
    user_defined_context = [('model', 'bert'), ('output_form', 'scalar')],
    max_batching_rows = 128);

SELECT text, my_dataset.sentiment_of(text) AS score FROM my_dataset.reviews;
