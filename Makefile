# Every gate has a target of its own; `make test` is all that a change must pass. `make help` lists them.
# Needs Python 3.11 or later with venv, and an index that pip can reach. Nothing is installed outside this folder.

VENV := .venv
VENV_PANDAS3 := .venv-pandas3
BIN := $(VENV)/bin
PIP_QUIET := -qq --disable-pip-version-check
# Two workers; tests that share something costly (an xdist_group) go to the same one.
IN_PARALLEL := -n 2 --dist loadgroup
TABLE_SOURCES ?= ../shared/data

# The first Python on the path that is new enough and can make an environment.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

STAMP := $(VENV)/.made-from-pyproject
STAMP_PANDAS3 := $(VENV_PANDAS3)/.made-from-pyproject

.DEFAULT_GOAL := help
.PHONY: help test lint types layers tests tables-check nightly bench demo test-pandas3 wheel-check clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 16

test: lint types layers tables-check tests ## every gate that a change must pass

lint: $(STAMP) ## style and likely mistakes (ruff)
	$(BIN)/ruff check --output-format concise .

types: $(STAMP) ## types (mypy, strict on src)
	$(BIN)/mypy

layers: $(STAMP) ## the order in which rooms may import (import-linter)
	$(BIN)/lint-imports --no-logo

tests: $(STAMP) ## tests and doctests: random order, no network, warnings are errors
	$(BIN)/python -m pytest $(IN_PARALLEL)

tables-check: $(STAMP) ## the package's data tables, built again from their sources and compared
	$(BIN)/python scripts/check_tables.py $(TABLE_SOURCES)

nightly: $(STAMP) ## the same tests and the long ones, with many more examples
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest $(IN_PARALLEL) -m ""

bench: $(STAMP) ## benchmarks, one at a time and in order
	$(BIN)/python -m pytest benchmarks -o python_files='bench_*.py' --benchmark-enable --benchmark-only -p no:randomly

demo: $(STAMP) ## links synthetic referrals and writes a report
	$(BIN)/python -m nrm_linkage demo

# The wheel is the same whatever pandas tests it.
test-pandas3: $(STAMP_PANDAS3) ## the tests on pandas 3
	$(VENV_PANDAS3)/bin/python -c 'import pandas; print("pandas", pandas.__version__)'
	$(VENV_PANDAS3)/bin/python -m pytest $(IN_PARALLEL) --ignore tests/packaging/test_wheel.py

wheel-check: $(STAMP) ## run-time dependencies resolve from wheels on every platform and Python
	$(BIN)/python scripts/check_wheels.py

clean: ## removes the environments and everything that a tool wrote
	rm -rf $(VENV) $(VENV_PANDAS3) build dist demo-output demo-output-report.html
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .import_linter_cache

$(STAMP): pyproject.toml
	$(if $(PYTHON),,$(error No Python 3.11 or later with venv is on the path; say which with make PYTHON=...))
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(PIP_QUIET) --editable '.[dev]'
	touch $@

# recordlinkage 0.16 says that it needs pandas below 3, though most of it runs on 3, so pip has to be told twice.
$(STAMP_PANDAS3): pyproject.toml
	$(if $(PYTHON),,$(error No Python 3.11 or later with venv is on the path; say which with make PYTHON=...))
	$(PYTHON) -m venv $(VENV_PANDAS3)
	$(VENV_PANDAS3)/bin/python -m pip install $(PIP_QUIET) --editable '.[dev]'
	$(VENV_PANDAS3)/bin/python -m pip install $(PIP_QUIET) --no-deps --upgrade 'pandas>=3'
	touch $@
