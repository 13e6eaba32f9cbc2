# One image, several commands: a worker, a Prefect server, a single `astana` order.
#   docker build -t astana .
#   docker run --rm -v astana:/data astana crawl sana
#   docker run -d  -v astana:/data -e PREFECT_API_URL=http://server:4200/api astana-worker …   (see docs/operating.md)
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /opt/astana \
 && /opt/astana/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY archive archive
COPY crawler crawler
COPY flows flows
RUN /opt/astana/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && find /opt/astana -name __pycache__ -prune -exec rm -rf {} +

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 astana && install -d -o astana -g astana /data
COPY --from=build /opt/astana /opt/astana
COPY prefect.yaml /home/astana/prefect.yaml
ENV PATH=/opt/astana/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ASTANA_STORE=/data \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1
USER astana
WORKDIR /home/astana
VOLUME /data
ENTRYPOINT ["astana"]
CMD ["--help"]
