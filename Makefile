# Two commands do everything: `make run` opens the app, `make test` runs the whole suite.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check bench shots sounds clean

run: $(VENV)/.run
	@$(BIN)/cnntutor

# Half of the tests wait for an app or a player, so four at once keep two cores busy; a module stays in one process,
# since its tests share a run or a worker.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 4 --dist loadscope

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cnntutor course check

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

shots: $(VENV)/.dev
	$(BIN)/python scripts/shots.py

sounds: $(VENV)/.dev
	$(BIN)/python scripts/make_sounds.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) build dist *.egg-info
