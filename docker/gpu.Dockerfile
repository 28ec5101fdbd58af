# Bertserve for NVIDIA GPUs: the stages of docker/Dockerfile, with TensorFlow's GPU libraries.
# Run from the repository root:
#
#   docker build -f docker/gpu.Dockerfile -t bertserve-gpu .
#   docker run --rm --gpus all -p 8080:8080 bertserve-gpu
#
# Needs on the host: Linux x86-64, the NVIDIA container toolkit, and a driver that supports CUDA
# 12.6 (560 or newer; on data-centre GPUs also the older driver branches the base image accepts).
#
# TensorFlow 2.18 is built for CUDA 12.5 and cuDNN 9.3. It runs with a later CUDA 12 and a later
# cuDNN 9 but refuses an earlier cuDNN: the CUDA 12.5 images have 9.2, hence CUDA 12.6 here.
# Another BASE_IMAGE must bring both, NCCL and apt-get.

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
# Prepared models would end with the container. To keep them, name a volume with
# BERTSERVE_MODEL_CACHE and set this to what they may take.
ENV BERTSERVE_MODEL_CACHE_MB=0
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/opt/bertserve/bin/bertserve"]
CMD ["serve"]

FROM base AS runtime-from-dist
# Built with mvn -Pgpu package -DskipTests
ARG DIST=server/target/bertserve
COPY ${DIST}/lib/native /opt/bertserve/lib/native
COPY ${DIST}/model /opt/bertserve/model
COPY ${DIST}/lib/*.jar /opt/bertserve/lib/
COPY ${DIST}/THIRD-PARTY.txt /opt/bertserve/
COPY ${DIST}/bin /opt/bertserve/bin
# Class data of a start, which halves the time until the port is open; good for this JVM and these
# files only, so that the distribution's own is of no use here. A builder may lack what a start needs.
USER 0:0
RUN BERTSERVE_JAVA_OPTS=-XX:ArchiveClassesAtExit=/opt/bertserve/lib/bertserve.jsa \
    /opt/bertserve/bin/bertserve serve --check --host 127.0.0.1 --port 0 \
    || true
USER 10001:10001

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/maven \
    mvn -B -ntp -Dmaven.repo.local=/maven -Pgpu -pl server -am clean package -DskipTests -Dspotless.check.skip

FROM base AS runtime
ARG DIST=/src/server/target/bertserve
COPY --from=build ${DIST}/lib/native /opt/bertserve/lib/native
COPY --from=build ${DIST}/model /opt/bertserve/model
COPY --from=build ${DIST}/lib/*.jar /opt/bertserve/lib/
COPY --from=build ${DIST}/THIRD-PARTY.txt /opt/bertserve/
COPY --from=build ${DIST}/bin /opt/bertserve/bin
USER 0:0
RUN BERTSERVE_JAVA_OPTS=-XX:ArchiveClassesAtExit=/opt/bertserve/lib/bertserve.jsa \
    /opt/bertserve/bin/bertserve serve --check --host 127.0.0.1 --port 0 \
    || true
USER 10001:10001
