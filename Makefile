# Four verbs; each does its own set-up. Python 3.11+, git and make are all that is needed.
PYTHON ?= python3
ARGS ?=
.PHONY: run test check lock

run: .venv/.run  ## plays the story: `make run`, or `make run ARGS=--once`
	@.venv/bin/preau demo $(ARGS)

test: .venv/.dev  ## every check and every test: `make test`, or `make test ARGS=tests/broker`
	@.venv/bin/ruff format --check streams tests bench
	@.venv/bin/ruff check streams tests bench
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.run  ## checks every connector folder
	@for folder in connectors/*/; do .venv/bin/preau check $$folder || exit 1; done

lock:  ## writes requirements/*.txt anew (needs uv)
	@requirements/lock

.venv/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) requirements/setup.py run

.venv/.dev: requirements/dev.txt pyproject.toml
	@$(PYTHON) requirements/setup.py dev
