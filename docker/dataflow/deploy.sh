#!/usr/bin/env bash
# The pipeline BertserveBulk as a flex template of Dataflow, and a job of it. Run from anywhere:
#
#   PROJECT=my-project docker/dataflow/deploy.sh --dry-run all    prints every command and runs none
#   PROJECT=my-project docker/dataflow/deploy.sh build template   makes the template
#   PROJECT=my-project MODEL=gs://.. INPUT=bq://.. OUTPUT=bq://.. docker/dataflow/deploy.sh job
#   PROJECT=my-project docker/dataflow/deploy.sh clean-up         deletes all that build and template made
#
# Needs JDK 17, Maven, docker, and the Google Cloud CLI, signed in. docs/bulk.md has the options of the job.
set -euo pipefail

PROJECT=${PROJECT:-}                       # id of the Google Cloud project
REGION=${REGION:-us-central1}              # of the image, the bucket and the job
REPOSITORY=${REPOSITORY:-bertserve-bulk}   # in Artifact Registry; clean-up deletes it with its images
TAG=${TAG:-latest}                         # of the image
BUCKET=${BUCKET:-$PROJECT-bertserve-bulk}  # for the template and temporary files; clean-up deletes it if it is empty then
MODEL=${MODEL:-gs://$BUCKET/model}
INPUT=${INPUT:-gs://$BUCKET/reviews-*.avro}
OUTPUT=${OUTPUT:-bq://$PROJECT.bertserve.scores}
OPTIONS=${OPTIONS:-}                       # more of them, such as 'texts=review;keys=id,lang'
MACHINE_TYPE=${MACHINE_TYPE:-n2-standard-4}
LAUNCHER_MACHINE_TYPE=${LAUNCHER_MACHINE_TYPE:-n2-standard-2}   # opens the model once
MAX_WORKERS=${MAX_WORKERS:-4}
JOB=${JOB:-bertserve-bulk}

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/steps.sh

image=$REGION-docker.pkg.dev/$PROJECT/$REPOSITORY/bertserve-bulk:$TAG
template=gs://$BUCKET/bertserve-bulk.json

build() {
  run gcloud services enable "--project=$PROJECT" artifactregistry.googleapis.com bigquery.googleapis.com dataflow.googleapis.com
  exists gcloud artifacts repositories describe "$REPOSITORY" "--project=$PROJECT" "--location=$REGION" \
    || run gcloud artifacts repositories create "$REPOSITORY" "--project=$PROJECT" "--location=$REGION" --repository-format=docker
  run gcloud auth configure-docker "$REGION-docker.pkg.dev" --quiet
  run mvn -B -ntp -Ptemplate -pl bulk -am package -DskipTests
  run docker build --platform linux/amd64 --file docker/dataflow/Dockerfile --tag "$image" .
  run docker push "$image"
}

template() {
  exists gcloud storage buckets describe "gs://$BUCKET" \
    || run gcloud storage buckets create "gs://$BUCKET" "--project=$PROJECT" "--location=$REGION" --uniform-bucket-level-access
  run gcloud dataflow flex-template build "$template" "--project=$PROJECT" "--image=$image" --sdk-language=JAVA \
    --metadata-file=docker/dataflow/metadata.json
}

job() {
  local parameters="model=$MODEL;input=$INPUT;output=$OUTPUT${OPTIONS:+;$OPTIONS}"
  run gcloud dataflow flex-template run "$JOB" "--project=$PROJECT" "--region=$REGION" "--template-file-gcs-location=$template" \
    "--temp-location=gs://$BUCKET/temp" "--worker-machine-type=$MACHINE_TYPE" "--max-workers=$MAX_WORKERS" \
    "--launcher-machine-type=$LAUNCHER_MACHINE_TYPE" "--parameters=^;^$parameters"
}

clean_up() {
  remove gcloud storage rm "$template"
  remove gcloud storage buckets delete "gs://$BUCKET" --quiet
  remove gcloud artifacts repositories delete "$REPOSITORY" "--project=$PROJECT" "--location=$REGION" --quiet
}

steps "build template job" "$@"
