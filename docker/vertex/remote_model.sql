-- A remote model over a shared public endpoint of Vertex AI: BigQuery calls no other kind.
-- One output of the model: any name, and the type of a tensor. With --output-form scalar in the container it is
-- OUTPUT (score FLOAT64); with object, columns have the names of the model's outputs.
CREATE SCHEMA IF NOT EXISTS `${PROJECT}.${DATASET}` OPTIONS (location = "${LOCATION}");
CREATE OR REPLACE MODEL `${PROJECT}.${DATASET}.sentiment`
  INPUT (text STRING)
  OUTPUT (score ARRAY<FLOAT64>)
  REMOTE WITH CONNECTION `${PROJECT}.${LOCATION}.${CONNECTION}`
  OPTIONS (
    endpoint = "https://${REGION}-aiplatform.googleapis.com/v1/projects/${PROJECT}/locations/${REGION}/endpoints/${ENDPOINT_ID}");
