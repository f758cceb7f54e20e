# Two commands: `make demo` and `make test`. Each sets up .venv first, from the lock file.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench lock clean

demo: .venv/ready
	$(BIN)/fangzhi demo

test: .venv/ready
	$(BIN)/python -m tests.check

check: test

bench: .venv/ready
	$(BIN)/python -m tests.benchmarks

# The lock holds every package with its hash, for the project and its checks alike.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

lock:
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --output-file requirements.lock

clean:
	rm -rf .venv build dist *.egg-info
