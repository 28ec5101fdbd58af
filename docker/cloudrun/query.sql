SELECT review, `${PROJECT}.${DATASET}.sentiment_of`(review) AS score
FROM (SELECT review FROM `bigquery-public-data.imdb.reviews` LIMIT 1000);
