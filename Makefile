# make run    serve the site (the sample city, unless another was built)
# make test   everything: environment, browser, ruff, mypy, pytest
# make web-quality  weight, speed, frames and accessibility of the pages, write docs/web-quality.md (CITY=pack weighs it as well, LIGHTHOUSE=1)
# make bench  measure beside the peers, write docs/benchmarks.md (QUICK=1, or parts: ONLY=compare,served CITIES=district; UPDATE=1 ONLY=served CITIES=city)
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench

.PHONY: help setup setup-test run test bench web-quality screenshots lock clean

help:
	@sed -n 's/^# //p' Makefile

setup: $(VENV)/.ready
setup-test: $(VENV)/.ready-test

# setuptools comes from the lock, so nothing is installed that has no hash.
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "yizhan needs Python 3.11 or newer; name one with PYTHON=python3.12"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.ready-test: requirements-test.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-test.lock
	touch $@

run: setup
	@exec $(BIN)/yizhan serve --port $(PORT) $(if $(CITY),--city $(CITY))

test: setup-test
	@sh tests/browser/install.sh $(BIN)/python
	@sh tests/postgres/install.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 3 --dist worksteal

screenshots: setup-test
	$(BIN)/python -m tests.browser.screenshots $(EXTRACT)

# The peers live apart: tests and product stay free of them, and some need a newer Python.
$(BENCH)/.ready: requirements.lock requirements-bench.txt pyproject.toml
	test -x $(BENCH)/bin/python || "$$(sh tests/benchmarks/python.sh $(PYTHON))" -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements-bench.txt
	touch $@

bench: $(BENCH)/.ready
	@sh tests/benchmarks/install.sh
	@$(BENCH)/bin/python -m tests.benchmarks.run --date "$$(date +%F)" $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) $(if $(CITIES),--cities $(CITIES)) $(if $(UPDATE),--update)

web-quality: setup-test
	@sh tests/browser/install.sh $(BIN)/python
	@$(BIN)/python -m tests.quality.run --date "$$(date +%F)" $(if $(CITY),--city $(CITY)) $(if $(LIGHTHOUSE),--lighthouse) $(if $(REMARK),--remark "$(REMARK)")

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --output-file requirements.lock --python-version 3.11 pyproject.toml build-requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --output-file requirements-test.lock --python-version 3.11 --extra test --constraint requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) $(BENCH) build dist *.egg-info
