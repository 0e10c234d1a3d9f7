# The two commands of a fresh machine are `make run` and `make test`; plain `make` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python on the path that the project supports; `make setup PYTHON=…` takes another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	command -v $$python > /dev/null \
	&& $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2> /dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
CHECKOV := .venv/checkov
RAW := data/01_raw

# Folder for `make lock` to write to; .ci/suite takes a copy.
LOCKS ?= .
IMAGE_LOCKS := $(LOCKS)/deployment/docker
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

# What to add to a command: make run ARGS="--params execution_date=2026-01-31", make test ARGS="-k drift".
ARGS ?=

# The word that MLflow wants; Kedro takes any.
export DO_NOT_TRACK := true

.PHONY: help setup run test bench viz viz-build mlflow notebooks docs lint checkov deploy-check audit format lock package clean

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: .venv/.project ## set up .venv with everything that the other targets need
	@:

# Put what a lock names into an environment: $(call install,environment,lock). Hash-checked, wheels only, and nothing is
# resolved anew: nothing else is downloaded, nothing of others is built here. uv needs a fifth of pip's time; it asks the
# index that pip is set to and trusts the same certificates. Where it cannot go on (wheels in a folder, say), pip does.
define install
pip="$(1)/bin/python -m pip --disable-pip-version-check"; flags="--quiet --require-hashes --no-deps"; \
index=$${PIP_INDEX_URL:-$$($$pip config get global.index-url 2> /dev/null || true)}; \
cert=$${PIP_CERT:-$$($$pip config get global.cert 2> /dev/null || true)}; \
env $${index:+UV_DEFAULT_INDEX="$$index"} $${cert:+SSL_CERT_FILE="$$cert"} \
	$(BIN)/uv pip install $$flags --no-config --no-build --compile-bytecode --python $(1)/bin/python --requirements $(2) \
	|| $$pip install $$flags --only-binary :all: --requirement $(2)
endef

.venv/.dependencies: requirements.lock
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Setting up .venv from requirements.lock (one to two minutes, 2.6 GB) ..."
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/[^\]$$/p' requirements.lock | $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --only-binary :all: --no-deps --requirement /dev/stdin
	@$(call install,.venv,requirements.lock)
	@touch $@

.venv/.project: .venv/.dependencies pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## run the job on the data in data/01_raw, made up first where there are none
	@if [ ! -e $(RAW)/labelled_customers.parquet ] || [ ! -e $(RAW)/current_customers.parquet ]; then \
		echo "No tables in $(RAW): making some up."; $(BIN)/kedro run --pipelines synthetic_data; fi
	@$(BIN)/kedro run $(ARGS)

test: setup ## run the whole test suite
	@$(BIN)/pytest --numprocesses auto --dist loadfile $(ARGS)

bench: setup ## measure the job against a floor, a month of a million, drift against others; writes bench/results.md
	@$(BIN)/python bench $(ARGS)

viz: setup ## open the pipelines in Kedro-Viz
	@$(BIN)/python viz extras
	@$(BIN)/kedro viz run $(ARGS)

mlflow: setup ## open the tracked runs in MLflow
	@$(BIN)/mlflow ui --backend-store-uri sqlite:///data/mlflow.db $(ARGS)

notebooks: setup ## open the notebooks in JupyterLab, on what `make run` wrote
	@$(BIN)/kedro jupyter lab $(ARGS)

docs: setup ## build the documentation as a site into build/docs; a dead link stops it
	@$(BIN)/python docs/reference.py
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -d build/doctrees docs build/docs $(ARGS)
	@echo "build/docs/index.html"

lint: setup ## run all linters
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(lint_deployment)

define lint_deployment
$(BIN)/yamllint --strict .
	$(BIN)/shellcheck .ci/*
	$(BIN)/hadolint deployment/docker/Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet --persona pedantic .github/workflows
endef

# Apart from .venv's packages, because it pins old ones (boto3).
$(CHECKOV)/.dependencies: deployment/checkov.lock | setup
	@echo "Setting up $(CHECKOV) from deployment/checkov.lock (290 MB) ..."
	@$(BIN)/python -m venv --clear $(CHECKOV)
	@$(call install,$(CHECKOV),deployment/checkov.lock)
	@touch $@

checkov: $(CHECKOV)/.dependencies ## look for risky settings in Terraform, workflows and Dockerfile
	$(CHECKOV)/bin/checkov --config-file .checkov.yaml $(ARGS)

# Without Terraform or its provider the tests would skip; here that is an error.
deploy-check: setup ## check all of deployment, offline: Terraform, policies, an apply to a stand-in for AWS, linters
	@$(BIN)/python -c 'import sys; from tests.deployment.terraform import missing; \
		lacking = missing(); sys.exit(lacking and "make deploy-check " + lacking)'
	$(lint_deployment)
	@$(MAKE) checkov ARGS=
	@$(BIN)/pytest --numprocesses auto --dist loadfile -m 'not image' tests/deployment $(ARGS)

# Asks PyPI, so that it belongs to publishing and not to `make lint`. It wants fixed versions and gets them from the locks.
audit: setup ## look for known vulnerabilities in what the image pins
	@$(BIN)/pip-audit --disable-pip --require-hashes --progress-spinner off \
		$(addprefix --requirement deployment/docker/,requirements.lock xgboost-cpu.lock) \
		$$(sed -E 's/[[:space:]]*#.*//; s/^(.+)$$/--ignore-vuln \1/' deployment/docker/accepted-vulnerabilities.txt) $(ARGS)

format: setup ## lay out the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

# The image has the versions of .venv: the first lock constrains the others. XGBoost has a lock of its own for each variant
# of the image, because the one without GPU is another package.
lock: setup ## bring all lock files up to pyproject.toml (ARGS=--upgrade: to the newest versions)
	@$(COMPILE) pyproject.toml --all-extras --output-file $(LOCKS)/requirements.lock $(ARGS)
	@$(COMPILE) pyproject.toml --extra aws --constraint $(LOCKS)/requirements.lock \
		--no-emit-package xgboost --no-emit-package nvidia-nccl-cu12 --output-file $(IMAGE_LOCKS)/requirements.lock
	@lock() { $(COMPILE) - --constraint $(LOCKS)/requirements.lock --no-emit-package numpy --no-emit-package scipy \
		--output-file $(IMAGE_LOCKS)/$$1; }; \
	lock build.lock <<< setuptools; \
	lock xgboost-gpu.lock <<< xgboost; \
	sed -n 's/^xgboost==\([^ ]*\).*/xgboost-cpu==\1/p' $(LOCKS)/requirements.lock | lock xgboost-cpu.lock
	@$(COMPILE) - --output-file $(LOCKS)/deployment/checkov.lock $(ARGS) <<< 'checkov>=3.3,<4'

# What Git has, with one date and one mode: the address of an upload has the hash of its bytes, which change with the
# content and with nothing else. The date is the first that a wheel can have.
package: export SOURCE_DATE_EPOCH := 315532800
package: setup ## pack the committed wheel and configuration into dist/: the same content, the same bytes
	@rm -rf dist
	@mkdir dist
	@source=$$(mktemp -d); trap 'rm -r "$$source"' EXIT; umask 022; \
	git -c tar.umask=0022 archive HEAD | tar --directory "$$source" --extract; \
	tar --directory "$$source" --sort=name --mtime=@$$SOURCE_DATE_EPOCH --owner=0 --group=0 --numeric-owner --create conf \
		| gzip --no-name > dist/conf-segmentation_model.tar.gz; \
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist "$$source"
	@ls dist/*

# In a copy of what Git has: neither tables nor the MLflow of this folder are touched, or get onto the site.
viz-build: setup ## build Kedro-Viz as a static site, after a run on made-up data, into dist/kedro-viz.tar.gz
	@mkdir -p dist
	@copy=$$(mktemp -d); trap 'rm -r "$$copy"' EXIT; \
	git archive HEAD | tar --directory "$$copy" --extract; \
	$(BIN)/python "$$copy/viz" build "$$copy" "$$copy/site"; \
	tar --directory "$$copy/site" --create --gzip --file dist/kedro-viz.tar.gz .

clean: ## remove caches and build outputs; data and .venv stay
	@rm -rf build dist .viz .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests bench -name __pycache__ -prune -exec rm -rf {} +
