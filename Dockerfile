# Encore for production: the wheel is built in one stage and only what runs is in the other.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir --disable-pip-version-check uv==0.13.8
COPY pyproject.toml uv.lock README.md LICENSE CHANGELOG.md ./
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/encore
# Dependencies first and by the lock file with its hashes, so that a change of our own code rebuilds little.
RUN /opt/tools/bin/uv sync --frozen --no-dev --no-install-project
COPY widget widget
COPY templates templates
COPY static static
RUN /opt/tools/bin/uv build --wheel --out-dir /dist \
 && /opt/tools/bin/uv pip install --python /opt/encore/bin/python --no-deps /dist/*.whl

FROM ${BASE}
LABEL org.opencontainers.image.title="Encore" org.opencontainers.image.licenses="MIT"
RUN groupadd --system --gid 10001 encore \
 && useradd --system --uid 10001 --gid encore --home-dir /data --create-home encore
COPY --from=build /opt/encore /opt/encore
ENV PATH=/opt/encore/bin:$PATH PYTHONUNBUFFERED=1 ENCORE_DATABASE_URL=sqlite:////data/encore.db
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8400
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8400/health/ready', timeout=4)"]
# Migrate once per release, beside or before this: docker run … encore migrate
CMD ["encore", "serve", "--host", "0.0.0.0", "--port", "8400"]
