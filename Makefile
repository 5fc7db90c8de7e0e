# The commands of this project. `make run` and `make test` need Python 3.11, make and a package index, nothing else.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/uv pip install --quiet --require-hashes --no-deps --compile-bytecode --python $(BIN)/python

.PHONY: run test check fix words lock bench bench-ml pictures

run: $(VENV)/.run
	@exec $(BIN)/python -m portal.runner

test: $(VENV)/.dev
	@$(BIN)/python -m tests.run

check: $(VENV)/.dev
	@$(BIN)/python -m tests.check

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

# Needs GNU gettext. Languages are compiled where they are read, by Python alone.
words: $(VENV)/.dev
	@SECRET_KEY=only-for-collecting ALLOWED_HOSTS=localhost $(BIN)/python manage.py collect_words

bench: $(VENV)/.dev
	@$(BIN)/python -m benchmarks

bench-ml: $(VENV)/.bench
	@$(BIN)/python -m benchmarks.learning

pictures: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.pictures

# After a change of pyproject.toml. uv.lock names a package index and stays out of the repository.
lock: $(VENV)/.uv
	$(BIN)/uv lock --quiet
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --no-default-groups -o requirements.lock
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --group dev -o requirements-dev.lock
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --no-default-groups --extra saml -o requirements-saml.lock
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --no-default-groups --extra mlflow -o requirements-mlflow.lock
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --no-default-groups --extra s3 -o requirements-s3.lock
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --only-group bench -o requirements-bench.lock

$(VENV)/.uv:
	@command -v "$(PYTHON)" >/dev/null 2>&1 && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Foremark needs Python 3.11; install it, or name it: PYTHON=/path/to/python3.11 make $(MAKECMDGOALS)"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null \
		|| { echo "This Python cannot make virtual environments; install its venv package (Debian: python3.11-venv)."; exit 1; }
	@echo "Making $(VENV) …"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.run: requirements.lock | $(VENV)/.uv
	@echo "Installing what Foremark runs on …"
	@$(INSTALL) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock | $(VENV)/.uv
	@echo "Installing what its tests and checks need …"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@ $(VENV)/.run

$(VENV)/.bench: requirements-bench.lock | $(VENV)/.dev
	@echo "Installing the models and data sets to measure against …"
	@$(INSTALL) -r requirements-bench.lock
	@touch $@
