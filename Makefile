# The Q Lab workspace: `make run` to try it, `make help` for the rest.
# Needs make and Python 3.12 or newer; everything else is brought along.

SHELL := /bin/sh
HOST ?= 127.0.0.1
PORT ?= 8000
VENV ?= .venv
PYTHON := $(VENV)/bin/python
BIN := $(abspath $(VENV))/bin
TESTS ?=
DEVELOPMENT := DEBUG=1 PYTHONUNBUFFERED=1
# Read like production, with made-up values, so that the deployment check means something.
PRODUCTION := DEBUG=0 BEHIND_PROXY=1 ALLOWED_HOSTS=lab.example.org EMAIL_URL=smtp+tls://mail.example.org SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')
OURS := lab_workspace challenges realtime workshops insights tests manage.py

.DEFAULT_GOAL := help
.PHONY: run demo test chaos bench embeddings fuzz check format lock pictures clean help check-format check-lint check-types check-imports \
  check-migrations check-templates check-scripts check-deployment

help: ## show this
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: $(VENV)/.runtime ## start the workspace with demo data on http://127.0.0.1:8000 (PORT=9000, HOST=0.0.0.0)
	@mkdir -p var
	@$(DEVELOPMENT) $(PYTHON) manage.py migrate --verbosity 0
	@$(DEVELOPMENT) $(PYTHON) manage.py demo --if-empty
	@$(DEVELOPMENT) $(PYTHON) manage.py where_to_click --host "$(HOST)" --port "$(PORT)"
	@case "$(HOST)" in 127.*|localhost) ;; *) export ALLOWED_HOSTS="$${ALLOWED_HOSTS:-*}" ;; esac; \
	  export $(DEVELOPMENT); exec $(PYTHON) -m lab_workspace.serve --host "$(HOST)" --port "$(PORT)"

demo: $(VENV)/.runtime ## load the demo challenge where it is missing (make clean first to start anew)
	@mkdir -p var
	@$(DEVELOPMENT) $(PYTHON) manage.py migrate --verbosity 0
	@$(DEVELOPMENT) $(PYTHON) manage.py demo

test: $(VENV)/.development ## run every test on real Redis, PostgreSQL, Daphne and Chromium (TESTS=tests/people for some, ABREAST=2 for two at a time)
	@$(PYTHON) -m pytest $(if $(ABREAST),-n $(ABREAST) --dist worksteal) $(TESTS)

chaos: $(VENV)/.development ## break networks, processes and databases under people at work, and check that nothing is lost (QUICK=1, FAULT=name, STORE=sqlite, SEED=1, SABOTAGE=drop)
	@$(PYTHON) -m tests.chaos

check: check-format check-lint check-types check-imports check-migrations check-templates check-scripts check-deployment ## format, lint, types, import contracts, migrations, templates, scripts, deployment

check-format: $(VENV)/.development
	$(BIN)/ruff format --check --quiet --output-format concise .

check-lint: $(VENV)/.development
	$(BIN)/ruff check --output-format concise .

check-types: $(VENV)/.development
	$(DEVELOPMENT) $(BIN)/mypy $(OURS)

check-imports: $(VENV)/.development
	$(DEVELOPMENT) $(BIN)/lint-imports --no-logo --no-cache

check-migrations: $(VENV)/.development
	$(DEVELOPMENT) $(PYTHON) manage.py makemigrations --check --dry-run

check-templates: $(VENV)/.development
	$(BIN)/djlint --lint --quiet templates
	$(DEVELOPMENT) $(PYTHON) -m tests.compile_templates

check-scripts: $(VENV)/.development
	$(BIN)/oxlint --deny-warnings static/js

check-deployment: $(VENV)/.development
	$(DEVELOPMENT) $(PYTHON) manage.py check --fail-level WARNING
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING

fuzz: $(VENV)/.development ## let a fuzzer look for input that breaks something (MINUTES=5); finds stay in var/fuzzing
	@$(DEVELOPMENT) $(PYTHON) -m tests.hostile.fuzzing all --minutes $(or $(MINUTES),5)

format: $(VENV)/.development ## put the code into its shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: ## write the requirements files anew from requirements*.in (needs uv)
	uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-emit-index-url \
	  requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-emit-index-url \
	  --constraint requirements.txt requirements-dev.in -o requirements-dev.txt
	uv pip compile --quiet --no-deps --universal --python-version 3.12 --generate-hashes --no-header --no-emit-index-url \
	  requirements-embeddings.in -o requirements-embeddings.txt

pictures: $(VENV)/.development ## make the pictures of the README anew (needs Chromium)
	@$(PYTHON) docs/make_screenshots.py

embeddings: $(VENV)/.embeddings ## install the word vectors that make suggested groups better (19 MB)

bench: $(VENV)/.development $(VENV)/.embeddings ## measure the live engine beside its peers, half an hour (QUICK=1: small, two minutes)
	@$(PYTHON) -m tests.bench $(if $(filter-out 0,$(QUICK)),--quick)

clean: ## remove what was made here: environment, database, caches
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The environment: made once, filled again when a requirements file changes ---

INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all:

$(VENV)/.runtime: requirements.txt | $(PYTHON)
	@echo "Installing what the workspace needs into $(VENV) (once, about a minute) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt | $(PYTHON)
	@echo "Installing what testing needs into $(VENV) (once, a few minutes) ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/.runtime $@

$(VENV)/.embeddings: requirements-embeddings.txt | $(VENV)/.runtime
	@$(INSTALL) --no-deps -r requirements-embeddings.txt
	@touch $@

# A python on the path may be a shim that only says it isn't there, so each is asked to run. CPython with venv:
$(PYTHON):
	@for python in $(PYTHON_FOR_VENV) python3.13 python3.12 python3.14 python3; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 || continue; \
	  if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	    version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	    echo "Python $$version lacks its venv module: install it with  sudo apt-get install python$$version-venv  and run this again." >&2; \
	    exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$("$$python" --version) ..."; \
	  "$$python" -m venv --clear $(VENV) && exit 0; exit 1; \
	done; \
	echo "No Python 3.12 or newer was found: install one, for example with  sudo apt-get install python3 python3-venv  on Debian 13 or Ubuntu 24.04, and run this again." >&2; \
	exit 1
