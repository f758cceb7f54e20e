# The main commands are `make demo` and `make test`. Each sets up .venv first, from the lock file.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check soak bench docs players lock clean

demo: .venv/ready
	$(BIN)/fangzhi demo

test: .venv/ready
	$(BIN)/python -m tests.check

check: test

# Runs the tests that are long, random or under load, for about an hour. `make test` has a short case of each property.
soak: .venv/ready
	$(BIN)/python -m tests.soak

bench: .venv/ready
	$(BIN)/python -m tests.benchmarks

# Builds the documentation into site/, in English and Chinese.
docs: .venv/ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# The lock file has every package with its hash, for the project and for its checks.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Installs programs of other projects that replay and validate archives; tests that need them are skipped without them.
# They have an environment of their own, because they need other versions of some packages.
players: .players/ready

.players/ready: Makefile
	$(PYTHON) -m venv .players
	.players/bin/python -m pip install --quiet --disable-pip-version-check boto3 pywb==2.10.0 wacz==0.6.0
	touch $@

lock:
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --output-file requirements.lock

clean:
	rm -rf .venv .players build dist site *.egg-info
