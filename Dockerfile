# Dagster with everything it needs: the one image of docker-compose.yaml's web server, daemon and code server.
FROM python:3.11.13-slim-bookworm AS build

# The set-up that `make` does, in the folder that the result has, since an environment knows where it lies.
WORKDIR /app
COPY . .
RUN scripts/setup

FROM python:3.11.13-slim-bookworm

RUN useradd --create-home --uid 1000 crime \
    && mkdir -p /app/.crime_trends \
    && chown -R crime:crime /app
WORKDIR /app
COPY --from=build --chown=crime:crime /app /app
USER 1000:1000

ENV PATH="/app/.venv/bin:$PATH" \
    DAGSTER_HOME=/app/deploy \
    CRIME_TRENDS_HOME=/app/.crime_trends \
    CRIME_TRENDS_EXECUTOR=multiprocess
VOLUME /app/.crime_trends

# The code server by default; the compose file runs the others with checks of their own.
EXPOSE 4000
HEALTHCHECK --interval=30s --timeout=30s --start-period=120s --retries=3 \
    CMD ["dagster", "api", "grpc-health-check", "--port", "4000"]
CMD ["python", "-m", "crime_trends.commands.code_server", "--host", "0.0.0.0", "--port", "4000"]
