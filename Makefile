# Two commands matter: `make demo` and `make test`. Both set everything up first and say plainly what is missing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.8
STAMP := .venv/.ready
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: help setup demo test campaign check audit sbom lock pictures clean

help:
	@echo "make demo      Encore, the pretend Dodo and a demo shop; Ctrl-C stops all three"
	@echo "make test      every check and every test, browser journeys included"
	@echo "make campaign  every figure of docs/reliability.md, measured; ARGS=seconds, minutes or hours"
	@echo "make setup     only set up .venv"
	@echo "make check     format, lint, types and import contracts"
	@echo "make audit     known vulnerabilities in what uv.lock names; says so where it cannot know"
	@echo "make sbom      what is inside, as CycloneDX: sbom.json"
	@echo "make lock      renew uv.lock"
	@echo "make pictures  every state at every size, light and dark, both directions; contact sheets in pictures/sheets"
	@echo "make clean     remove what was made"

setup: $(STAMP)

$(STAMP): pyproject.toml uv.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, but $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another one: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip -q
	@$(BIN)/uv --version 2>/dev/null | grep -q "^uv $(UV_VERSION)\b" \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)" \
	  || { echo "uv could not be installed from the package index; is it reachable?"; exit 1; }
	@$(BIN)/uv sync --quiet --frozen --all-extras --inexact --python "$(CURDIR)/$(BIN)/python"
	@touch $@

demo: setup
	@exec $(BIN)/encore demo $(ARGS)

test: setup
	@.ci/check

campaign: setup
	@CHROMIUM="$$($(BIN)/python .ci/browser)" $(BIN)/python -m tests.campaign.run $(ARGS)

check: setup
	@.ci/check --quick

audit: setup
	@$(BIN)/python .ci/audit

sbom: setup
	@$(BIN)/uv export --quiet --frozen --no-dev --format cyclonedx1.5 --output-file sbom.json >/dev/null
	@echo "sbom.json: $$($(BIN)/python -c 'import json; print(len(json.load(open("sbom.json"))["components"]))') components"

lock: setup
	$(BIN)/uv lock --python "$(CURDIR)/$(BIN)/python"
	@$(MAKE) --no-print-directory setup

pictures: setup
	@$(BIN)/python .ci/browser >/dev/null && $(BIN)/python bench/pictures.py $(ARGS)

clean:
	rm -rf .venv .encore dist build pictures .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
