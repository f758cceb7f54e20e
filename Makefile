# The main commands are `make demo` and `make test`. Each sets up .venv first, from the lock file.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check soak bench docs messages man players lock clean

demo: .venv/ready
	$(BIN)/fangzhi demo

test: .venv/ready
	$(BIN)/python -m tests.check

check: test

# Runs what is long, random or under load, and prints one table: kill -9, power cuts, failing stores and disks, several
# commands at once, clocks, slow servers, TLS, fuzzing. It takes about two hours; CONTRIBUTING.md lists the parts.
soak: .venv/ready
	$(BIN)/python -m tests.soak

bench: .venv/ready
	$(BIN)/python -m tests.benchmarks

# Builds the documentation into site/, in English and Chinese.
docs: .venv/ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# Adds new messages to the Chinese catalogue, removes those that are gone, and compiles it. Translate the empty
# ones in the .po file and run it again.
CATALOGUE := crawler/locale/zh/LC_MESSAGES/fangzhi
messages: .venv/ready
	mkdir -p build
	$(BIN)/pybabel -q extract --mapping=babel.toml --sort-by-file --add-location=file --output=build/messages.pot crawler pipelines
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=120 \
	  --locale=zh --input-file=build/messages.pot --output-file=$(CATALOGUE).po
	$(BIN)/pybabel -q compile --locale=zh --input-file=$(CATALOGUE).po --output-file=$(CATALOGUE).mo

# Writes the manual page; `man build/fangzhi.1` shows it.
man: .venv/ready
	mkdir -p build
	$(BIN)/python -m crawler.cli.man > build/fangzhi.1

# The lock file has every package with its hash, for the project and for its checks.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Installs programs of other projects that replay archives, and validate archives and signatures; tests that need them are skipped without them.
# They have an environment of their own, because they need other versions of some packages.
players: .players/ready

.players/ready: Makefile
	$(PYTHON) -m venv .players
	.players/bin/python -m pip install --quiet --disable-pip-version-check boto3 pywb==2.10.0 wacz==0.6.0 authsign==0.6.1
	touch $@

lock:
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --output-file requirements.lock

clean:
	rm -rf .venv .players build dist site *.egg-info
