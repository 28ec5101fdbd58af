# Bertserve for NVIDIA GPUs: the stages of docker/Dockerfile, with TensorFlow's GPU libraries.
# Run from the repository root:
#
#   docker build -f docker/gpu.Dockerfile -t bertserve-gpu .
#   docker run --rm --gpus all -p 8080:8080 bertserve-gpu
#
# Needs on the host: a Linux x86-64 driver that supports CUDA 12.5 (555 or newer; data-centre GPUs
# also work with 525 or newer through CUDA's minor version compatibility) and the NVIDIA container
# toolkit. TensorFlow 2.18 is built for CUDA 12.5 and cuDNN 9.3; at run time it takes any later
# CUDA 12 and cuDNN 9, but no earlier cuDNN, which is why the default is a 12.6 image (the 12.5
# images have cuDNN 9.2).
#
# Another BASE_IMAGE needs those two, NCCL, and apt-get.

ARG BASE_IMAGE=docker.io/nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04
ARG BUILD_IMAGE=docker.io/library/maven:3.9-eclipse-temurin-17

FROM ${BASE_IMAGE} AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends openjdk-17-jre-headless ca-certificates \
    && rm -rf /var/lib/apt/lists/*
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Bertserve GPU" \
      org.opencontainers.image.description="A Java inference server for BERT SavedModels: text in, score out" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV HOME=/tmp
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/opt/bertserve/bin/bertserve"]
CMD ["serve"]

FROM base AS runtime-from-dist
# Built with mvn -Pgpu package -DskipTests
ARG DIST=server/target/bertserve
COPY ${DIST} /opt/bertserve

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -Pgpu -pl server -am package -DskipTests -Dspotless.check.skip

FROM base AS runtime
COPY --from=build /src/server/target/bertserve /opt/bertserve
