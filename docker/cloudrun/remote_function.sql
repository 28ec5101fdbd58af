-- A remote function over Cloud Run. NULL gives NULL.
CREATE SCHEMA IF NOT EXISTS `${PROJECT}.${DATASET}` OPTIONS (location = "${LOCATION}");
CREATE OR REPLACE FUNCTION `${PROJECT}.${DATASET}.sentiment_of`(text STRING) RETURNS FLOAT64
  REMOTE WITH CONNECTION `${PROJECT}.${LOCATION}.${CONNECTION}`
  OPTIONS (
    endpoint = "${URL}/bigquery",
    user_defined_context = [("model", "bert"), ("output_form", "scalar")],
    max_batching_rows = 128);
