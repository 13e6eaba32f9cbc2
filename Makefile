# The two commands: make demo, make test. Both set up .venv in this folder first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

REPLAY := .venv-replay

.PHONY: demo test test-all test-services lint lock clean

demo: $(VENV)/.ready
	$(BIN)/astana demo

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n 2 -m "not slow and not service"

# Slow tests, and tests that need a program of their own (pywb, a Prefect server).
test-services: $(VENV)/.ready $(REPLAY)/.ready
	$(BIN)/python -m pytest -n 2 -m "slow or service"

test-all: $(VENV)/.ready $(REPLAY)/.ready
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# pywb pins libraries against ours, so it lives apart.
$(REPLAY)/.ready: requirements-replay.lock
	$(PYTHON) -m venv --clear $(REPLAY)
	$(REPLAY)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-replay.lock
	touch $@

# Needs uv. Hashes for every platform, no host names.
lock:
	uv pip compile --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --extra dev pyproject.toml -o requirements.lock
	uv pip compile --generate-hashes --universal --python-version 3.11 --no-header --no-annotate requirements-replay.in -o requirements-replay.lock

clean:
	rm -rf $(VENV) $(REPLAY)
