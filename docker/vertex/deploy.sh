#!/usr/bin/env bash
# Bertserve on a Vertex AI endpoint, called from BigQuery as a remote model. Run from anywhere:
#
#   PROJECT=my-project docker/vertex/deploy.sh --dry-run all    prints every command and runs none
#   PROJECT=my-project docker/vertex/deploy.sh all              build, upload, deploy, bigquery, query
#   PROJECT=my-project docker/vertex/deploy.sh clean-up         deletes all that it made
#
# Steps can be run one by one, and again: what exists already is kept. Needs docker, curl, and the
# Google Cloud CLI with its bq, signed in. docs/deploy.md has the output of each step.
set -euo pipefail

PROJECT=${PROJECT:-}                       # id of the Google Cloud project
REGION=${REGION:-us-central1}              # of the image and the endpoint
LOCATION=${LOCATION:-US}                   # of the data set and the connection; must contain REGION
GPU=${GPU:-0}                              # 1: with an NVIDIA T4
MACHINE_TYPE=${MACHINE_TYPE:-n1-standard-4}
MIN_REPLICAS=${MIN_REPLICAS:-1}
MAX_REPLICAS=${MAX_REPLICAS:-1}            # docs/sizing.md says how many
MODEL_URI=${MODEL_URI:-}                   # gs://bucket/folder of the SavedModel; empty: the built-in model
SERVE_ARGS=${SERVE_ARGS:-serve --null-text null}   # of the container, separated by blanks
REPOSITORY=${REPOSITORY:-bertserve}        # in Artifact Registry; clean-up deletes it with its images
TAG=${TAG:-latest}                         # of the image
BUCKET=${BUCKET:-$PROJECT-bertserve}       # for the schemas; clean-up deletes these, and the bucket if it is empty then
MODEL_ID=${MODEL_ID:-bertserve}            # in the model registry
ENDPOINT_ID=${ENDPOINT_ID:-1001}           # 1 to 9 digits
DEPLOYED_MODEL_ID=${DEPLOYED_MODEL_ID:-1}  # of the model within the endpoint
CONNECTION=${CONNECTION:-bertserve}
DATASET=${DATASET:-bertserve}              # clean-up deletes it if it is empty then
VERTEX=${VERTEX:-https://$REGION-aiplatform.googleapis.com/v1}   # address of the API

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/steps.sh

accelerator=()
build_arguments=()
name=bertserve
if ((GPU)); then
  accelerator=(--accelerator=type=nvidia-tesla-t4,count=1)
  name=bertserve-gpu
  build_arguments=(--build-arg PROFILES=sbom,gpu --build-arg BASE_IMAGE=docker.io/nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04)
fi
image=$REGION-docker.pkg.dev/$PROJECT/$REPOSITORY/$name:$TAG
parent=projects/$PROJECT/locations/$REGION
here=("--project=$PROJECT" "--region=$REGION")
schemas=target/schemas

build() {
  run gcloud services enable "--project=$PROJECT" aiplatform.googleapis.com artifactregistry.googleapis.com \
    bigquery.googleapis.com bigqueryconnection.googleapis.com
  exists gcloud artifacts repositories describe "$REPOSITORY" "--project=$PROJECT" "--location=$REGION" \
    || run gcloud artifacts repositories create "$REPOSITORY" "--project=$PROJECT" "--location=$REGION" --repository-format=docker
  run gcloud auth configure-docker "$REGION-docker.pkg.dev" --quiet
  run docker build --platform linux/amd64 --file docker/Dockerfile "${build_arguments[@]}" --tag "$image" .
  run docker push "$image"
}

upload() {
  write_schemas
  exists gcloud storage buckets describe "gs://$BUCKET" \
    || run gcloud storage buckets create "gs://$BUCKET" "--project=$PROJECT" "--location=$REGION" --uniform-bucket-level-access
  run gcloud storage cp "$schemas/instance.yaml" "$schemas/prediction.yaml" "gs://$BUCKET/schemas/"
  # gcloud ai models upload has no schemas and no HTTP probes, so this is the API itself
  start_operation "$VERTEX/$parent/models:upload" "$(upload_request)"
}

# The image knows the model's inputs and outputs.
write_schemas() {
  local credentials=()
  [[ -z $MODEL_URI ]] || credentials=(
    --volume "${CLOUDSDK_CONFIG:-$HOME/.config/gcloud}/application_default_credentials.json:/credentials.json:ro"
    --env GOOGLE_APPLICATION_CREDENTIALS=/credentials.json)
  run mkdir -p "$schemas"
  run docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD/$schemas:/schemas" "${credentials[@]}" "$image" \
    inspect "${MODEL_URI:-/opt/bertserve/model/sentiment}" --schemas /schemas
}

# A further upload is a new version of the model.
upload_request() {
  local artifacts="" version="\"modelId\": \"$MODEL_ID\"" arguments
  [[ -z $MODEL_URI ]] || artifacts="\"artifactUri\": \"$MODEL_URI\","
  ! exists gcloud ai models describe "$MODEL_ID" "${here[@]}" || version="\"parentModel\": \"$parent/models/$MODEL_ID\""
  arguments=$(printf ', "%s"' $SERVE_ARGS)
  cat <<JSON
{
  $version,
  "model": {
    "displayName": "$MODEL_ID",$artifacts
    "predictSchemata": {
      "instanceSchemaUri": "gs://$BUCKET/schemas/instance.yaml",
      "predictionSchemaUri": "gs://$BUCKET/schemas/prediction.yaml"
    },
    "containerSpec": {
      "imageUri": "$image",
      "args": [${arguments#, }],
      "ports": [{"containerPort": 8080}],
      "startupProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 10, "timeoutSeconds": 10, "failureThreshold": 90},
      "healthProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 10, "timeoutSeconds": 10, "failureThreshold": 3},
      "livenessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 10, "timeoutSeconds": 10, "failureThreshold": 3}
    }
  }
}
JSON
}

# start_operation URL BODY: posts the body, and waits until the operation is done.
start_operation() {
  cat >&3 <<SHELL
curl --fail-with-body --silent --show-error --header "Authorization: Bearer \$(gcloud auth print-access-token)" \\
  --header 'Content-Type: application/json' $1 --data $(quote "$2")
SHELL
  ((dry_run == 0)) || return 0
  local operation name
  operation=$(call "$1" --data "$2")
  name=$(sed -n '0,/"name"/s/.*"name": *"\([^"]*\)".*/\1/p' <<<"$operation")
  until grep -q '"done": *true' <<<"$operation"; do
    sleep 5
    operation=$(call "$VERTEX/$name")
  done
  ! grep -q '"error"' <<<"$operation" || stop "$operation"
}

call() {
  curl --fail-with-body --silent --show-error --header "Authorization: Bearer $(gcloud auth print-access-token)" \
    --header 'Content-Type: application/json' "$@"
}

deploy() {
  exists gcloud ai endpoints describe "$ENDPOINT_ID" "${here[@]}" \
    || run gcloud ai endpoints create "${here[@]}" --display-name=bertserve "--endpoint-id=$ENDPOINT_ID"
  exists is_deployed \
    || run gcloud ai endpoints deploy-model "$ENDPOINT_ID" "${here[@]}" "--model=$MODEL_ID" "--deployed-model-id=$DEPLOYED_MODEL_ID" \
      --display-name=bertserve "--machine-type=$MACHINE_TYPE" "${accelerator[@]}" \
      "--min-replica-count=$MIN_REPLICAS" "--max-replica-count=$MAX_REPLICAS" --traffic-split=0=100
  run gcloud ai endpoints predict "$ENDPOINT_ID" "${here[@]}" --json-request=docker/vertex/request.json
}

is_deployed() {
  gcloud ai endpoints describe "$ENDPOINT_ID" "${here[@]}" '--format=value(deployedModels.id)' | grep -qw "$DEPLOYED_MODEL_ID"
}

bigquery() {
  make_connection
  run gcloud projects add-iam-policy-binding "$PROJECT" "--member=$member" --role=roles/aiplatform.user --condition=None
  run_sql docker/vertex/remote_model.sql PROJECT REGION LOCATION DATASET CONNECTION ENDPOINT_ID
}

query() {
  run_sql docker/vertex/query.sql PROJECT DATASET
}

clean_up() {
  remove gcloud ai endpoints undeploy-model "$ENDPOINT_ID" "${here[@]}" "--deployed-model-id=$DEPLOYED_MODEL_ID" --quiet
  remove gcloud ai endpoints delete "$ENDPOINT_ID" "${here[@]}" --quiet
  remove gcloud ai models delete "$MODEL_ID" "${here[@]}" --quiet
  remove bq rm --force --model "$PROJECT:$DATASET.sentiment"
  remove bq rm --force --dataset "$PROJECT:$DATASET"
  find_member
  remove gcloud projects remove-iam-policy-binding "$PROJECT" "--member=$member" --role=roles/aiplatform.user --condition=None
  remove bq rm --force --connection "$PROJECT.$LOCATION.$CONNECTION"
  remove gcloud storage rm "gs://$BUCKET/schemas/**"
  remove gcloud storage buckets delete "gs://$BUCKET" --quiet
  remove gcloud artifacts repositories delete "$REPOSITORY" "--project=$PROJECT" "--location=$REGION" --quiet
}

steps "build upload deploy bigquery query" "$@"
