#!/usr/bin/env bash
# Bertserve on Cloud Run, called from BigQuery as a remote function. Run from anywhere, after the
# build of docker/vertex/deploy.sh, which pushes the image:
#
#   PROJECT=my-project docker/cloudrun/deploy.sh --dry-run all    prints every command and runs none
#   PROJECT=my-project docker/cloudrun/deploy.sh all              service, remote-function, query
#   PROJECT=my-project docker/cloudrun/deploy.sh clean-up         deletes all that it made
#
# Needs the Google Cloud CLI with its bq, signed in. docs/deploy.md has the output of each step.
set -euo pipefail

PROJECT=${PROJECT:-}                       # id of the Google Cloud project
REGION=${REGION:-us-central1}              # of the image and the service
LOCATION=${LOCATION:-US}                   # of the data set and the connection; must contain REGION
REPOSITORY=${REPOSITORY:-bertserve}        # in Artifact Registry
TAG=${TAG:-latest}                         # of the image
SERVICE=${SERVICE:-bertserve}
MAX_INSTANCES=${MAX_INSTANCES:-4}          # docs/sizing.md says how many
CONNECTION=${CONNECTION:-bertserve-run}
DATASET=${DATASET:-bertserve}              # clean-up deletes it if it is empty then

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/steps.sh

IMAGE=$REGION-docker.pkg.dev/$PROJECT/$REPOSITORY/bertserve:$TAG
here=("--project=$PROJECT" "--region=$REGION")
manifest=target/cloudrun.yaml

service() {
  run gcloud services enable "--project=$PROJECT" run.googleapis.com bigquery.googleapis.com bigqueryconnection.googleapis.com
  mkdir -p target
  fill docker/cloudrun/service.yaml SERVICE MAX_INSTANCES IMAGE >"$manifest"
  run gcloud run services replace "$manifest" "${here[@]}"
}

remote_function() {
  make_connection
  run gcloud run services add-iam-policy-binding "$SERVICE" "${here[@]}" "--member=$member" --role=roles/run.invoker
  URL=URL_OF_THE_SERVICE
  ((dry_run)) \
    || URL=$(gcloud run services describe "$SERVICE" "${here[@]}" '--format=value(status.url)')
  run_sql docker/cloudrun/remote_function.sql PROJECT LOCATION DATASET CONNECTION URL
}

query() {
  run_sql docker/cloudrun/query.sql PROJECT DATASET
}

clean_up() {
  remove bq rm --force --routine "$PROJECT:$DATASET.sentiment_of"
  remove bq rm --force --dataset "$PROJECT:$DATASET"
  remove bq rm --force --connection "$PROJECT.$LOCATION.$CONNECTION"
  remove gcloud run services delete "$SERVICE" "${here[@]}" --quiet
}

steps "service remote-function query" "$@"
