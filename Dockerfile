# Builder and runtime are Debian 12 both, so that the libraries linked are the libraries found.
FROM rust:1.95-slim-bookworm AS builder

# tesseract and leptonica for the eyes, clang for their bindings, cmake and g++ for the bundled barcode reader.
# Debian keeps only the newest fix of a package in a release, so a pinned version would stop to install.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        clang cmake g++ libclang-dev libleptonica-dev libtesseract-dev make pkg-config \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin laufmappe \
    && install -D target/release/laufmappe /out/laufmappe


FROM debian:12-slim

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates liblept5 libtesseract5 tesseract-ocr-deu \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 laufmappe \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin laufmappe \
    && install -d -o laufmappe -g laufmappe -m 0750 /data

COPY --from=builder /out/laufmappe /usr/local/bin/laufmappe

# One thread per engine: more of them cost more than they bring (a page took 40 CPU seconds instead of 2).
ENV LAUFMAPPE_DATA=/data \
    OMP_THREAD_LIMIT=1

# By number, so that an orchestrator can prove it is not root. Only /data and /tmp are ever written.
USER 10001:10001
WORKDIR /data
VOLUME /data

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["laufmappe", "health"]
ENTRYPOINT ["laufmappe"]
CMD ["--help"]
