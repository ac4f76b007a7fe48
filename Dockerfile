# The code location with everything it needs, for a machine with a container engine. See docker-compose.yaml.
FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 1000 crime
WORKDIR /app
RUN chown crime:crime /app
USER 1000:1000

# The packages first: they change less often than the code.
COPY --chown=crime:crime requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY --chown=crime:crime . .
RUN .venv/bin/pip install --no-cache-dir --no-deps --editable . \
    && mkdir .crime_trends

ENV PATH="/app/.venv/bin:$PATH" \
    CRIME_TRENDS_HOME=/app/.crime_trends
VOLUME /app/.crime_trends
ENTRYPOINT ["crime-trends"]
CMD ["--help"]
