# The two commands: make demo, make test. Both set up .venv in this folder first.
# Wheels come from where pip is told to look; nothing here names a host.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

REPLAY := .venv-replay
# Not compiled beforehand: Python compiles what is imported, and most is not.
PIP_INSTALL := pip install --no-compile --quiet --disable-pip-version-check --no-deps
LOCK := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate

.PHONY: demo test test-all test-services lint lock clean

demo: $(VENV)/.ready
	$(BIN)/astana demo

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not service and not long"

# Slow tests, and tests that need a program of their own (pywb, SeaweedFS, a Prefect server).
test-services: $(VENV)/.ready-dev $(REPLAY)/.ready
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "(slow or service) and not long"

test-all: $(VENV)/.ready-dev $(REPLAY)/.ready
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/$(PIP_INSTALL) --require-hashes -r requirements.lock
	$(BIN)/$(PIP_INSTALL) --no-build-isolation -e .
	touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	touch $@

# Peers that pin libraries against ours, and servers: they live apart.
$(REPLAY)/.ready: requirements-replay.lock
	$(PYTHON) -m venv --clear $(REPLAY)
	$(REPLAY)/bin/$(PIP_INSTALL) --require-hashes -r requirements-replay.lock
	touch $@

# Needs uv. Hashes for every platform, no host names.
lock:
	$(LOCK) --extra build pyproject.toml -o requirements.lock
	$(LOCK) --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(LOCK) requirements-replay.in -o requirements-replay.lock

clean:
	rm -rf $(VENV) $(REPLAY)
