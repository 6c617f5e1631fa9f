# Regulars for production: `web`, `worker`, `scheduler` and `prepare` are one image with different commands.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && /opt/venv/bin/uv pip install --python /opt/venv/bin/python --no-cache --require-hashes --compile-bytecode -r requirements.lock
COPY . .
# Fingerprinted and compressed once, here; the key is used for nothing but starting Django.
RUN SECRET_KEY=only-to-collect-static-files-while-building DATA_DIR=/tmp/build \
    /opt/venv/bin/python -m loyalty_saas.assets --collect

FROM python:3.11-slim-bookworm AS app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data BIND=0.0.0.0:8000
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin regulars \
    && install -d -o regulars -g regulars /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=root:root /app /app
WORKDIR /app
USER regulars
EXPOSE 8000
VOLUME /data
STOPSIGNAL SIGTERM
CMD ["gunicorn", "--config", "python:loyalty_saas.server"]

FROM debian:bookworm-slim AS pooler
RUN apt-get update \
    && apt-get install -y --no-install-recommends pgbouncer postgresql-client \
    && rm -rf /var/lib/apt/lists/*
USER postgres
EXPOSE 6432
CMD ["pgbouncer", "/etc/regulars/pgbouncer.ini"]

# The last one is what `docker build .` makes.
FROM app
