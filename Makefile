# Works with GNU make 3.81 (macOS) and later. The recipes do little: the work is in the programs they call.
SHELL := /bin/sh
PORT ?= 8000
WORKERS ?= 2
PEERS_DIR ?= tests/bench/results/peers
ARGS ?=
BIN := .venv/bin

# Any Python that will do: PYTHON=... wins, then the usual names.
FIND_PYTHON = for name in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && break; \
	name=; done; \
	[ -n "$$name" ] || { echo "No Python 3.11 to 3.14 was found. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
SOURCES := pyproject.toml annotator/__init__.py scripts/environment.py

.PHONY: help demo test lint bench prove screenshots sample coverage constraints clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv/.run ## a server with a sample project on http://127.0.0.1:8000 (PORT=, ANNOTATOR_DATA_DIR=)
	@ANNOTATOR_DATA_DIR="$${ANNOTATOR_DATA_DIR:-$(CURDIR)/.demo}" exec $(BIN)/annotator demo --port $(PORT)

test: .venv/.dev ## the whole suite, browser tests too (ARGS="-k words", WORKERS=2)
	@E2E_CHROMIUM="$$($(BIN)/python -m tests.browser.browser_finder)" && export E2E_CHROMIUM && \
	exec $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: .venv/.dev ## style, types, layers, templates, JavaScript types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python scripts/javascript_types.py

bench: .venv/.dev ## performance figures, JSON and a table (ARGS="save page", PEERS=1: Potato beside us)
	@exec $(BIN)/python -m tests.bench $(if $(PEERS),--peers $(PEERS_DIR)) $(ARGS)

prove: .venv/.dev ## reliability figures: kill -9 and its relatives at full length
	@PROVE=1 exec $(BIN)/python -m pytest tests/faults --rounds=full -p no:xdist -s $(ARGS)

screenshots: .venv/.dev ## the pictures of the README, taken anew
	@E2E_CHROMIUM="$$($(BIN)/python -m tests.browser.browser_finder)" && export E2E_CHROMIUM && \
	exec $(BIN)/python -m scripts.screenshots

sample: .venv/.dev ## exports/sample made anew, where a change of the format is meant
	@exec $(BIN)/python -m scripts.sample

coverage: .venv/.dev ## the suite without browsers, with the lines it never reached
	@exec $(BIN)/python -m pytest -n $(WORKERS) -m "not browser" --cov --cov-report=term-missing:skip-covered $(ARGS)

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
constraints: ## resolve the ranges of pyproject.toml into exact versions with hashes (needs uv)
	$(COMPILE) pyproject.toml --extra build --output-file constraints/run.txt
	$(COMPILE) pyproject.toml --extra dev --constraint constraints/run.txt --output-file constraints/dev.txt
	echo 'uv>=0.13.9,<0.14' | $(COMPILE) - --output-file constraints/uv.txt

clean: ## remove what the targets made, except data: environment, caches, node_modules
	rm -rf .venv node_modules dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov

# The stamps let a second run skip the environment without starting Python.
.venv/.run: constraints/run.txt constraints/uv.txt $(SOURCES)
	@$(FIND_PYTHON); exec "$$name" scripts/environment.py run

.venv/.dev: constraints/dev.txt constraints/uv.txt $(SOURCES)
	@$(FIND_PYTHON); exec "$$name" scripts/environment.py dev
