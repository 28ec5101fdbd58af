-- With --null-text null in the container, a row without text has no score; otherwise it fails its batch of 128 rows.
SELECT text, score[SAFE_OFFSET(0)] AS score, remote_model_status
FROM ML.PREDICT(
  MODEL `${PROJECT}.${DATASET}.sentiment`,
  (SELECT review AS text FROM `bigquery-public-data.imdb.reviews` LIMIT 1000));
