# Every command that people and CI use. `make help` lists them; each sets up what it needs first.
# All paths are relative, so a checkout may lie in a folder with a space in its name. The first fitting Python on the
# PATH is used; name another with `make PYTHON=/path/to/python3 …`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test test-cloud bench lint dev docs snapshot format lock terraform policies image deploy-check clean runtime tools emulators packages

BIN := .venv/bin
SQL := dbt_project/models dbt_project/tests dbt_project/macros

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: tools ## check this machine, then install everything into .venv

run: runtime ## bring three months of the built-in sample from the portal to the dashboard
	@$(BIN)/crime-trends run --from 2024-03 --to 2024-05 --sample

test: packages tools emulators ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

test-cloud: packages tools emulators ## run only the tests of Google Cloud, on stand-ins for it
	$(BIN)/python -m pytest -n 2 --dist loadgroup crime_trends_tests/cloud crime_trends_tests/warehouse \
		crime_trends_tests/dbt/test_bigquery.py

bench: runtime ## measure how fast things are (NAME=cleaning: only that) and write bench/RESULTS.md
	$(BIN)/python -m bench $(NAME)

lint: tools ## check format, style, types, SQL, the Dagster code location, the Dockerfile and Terraform
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint $(SQL)
	$(BIN)/sqlfluff lint --config scripts/sqlfluff_bigquery.cfg $(SQL)
	$(BIN)/dagster definitions validate --log-level warning
	$(BIN)/hadolint Dockerfile
	@scripts/check_terraform

dev: runtime ## open Dagster's web UI on the home that `make run` filled
	@$(BIN)/crime-trends dev --sample

docs: tools ## write the generated parts of docs/ anew, the site to build/site, the models' own docs to build/models.html
	$(BIN)/python scripts/generate_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@scripts/model_docs

snapshot: tools ## write anew what the tests know of the asset graph
	$(BIN)/python -m crime_trends_tests.assets.snapshot

format: tools ## format Python, SQL and Terraform
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix $(SQL)
	@scripts/check_terraform --format

lock: ## resolve pyproject.toml into the lock files (UPGRADE=1: the newest versions)
	@scripts/lock $(if $(UPGRADE),--upgrade)

terraform: ## check terraform/ (REQUIRED=1: fail where that is not possible)
	@scripts/check_terraform $(if $(REQUIRED),--required)

policies: ## check terraform/ against the list of checks in terraform/.checkov.yaml
	@scripts/check_policies

image: ## build the image, and check the compose file that runs it (needs Docker)
	CRIME_TRENDS_POSTGRES_PASSWORD=unused docker compose config --quiet
	docker build --platform linux/amd64 --tag crime_trends .

deploy-check: tools ## run the compose file's processes without containers, over a real PostgreSQL
	@scripts/install_packages postgresql
	$(BIN)/python scripts/deploy_check.py

clean: ## remove both .venv and all caches; homes with data stay
	rm -rf .venv .venv-emulators .venv-checkov .venv.lock build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache dbt_project/target dbt_project/logs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@scripts/setup

tools:
	@scripts/setup --dev

packages:
	@scripts/install_packages chromium maven

emulators:
	@scripts/setup --emulators
	@scripts/install_spark_jars
