# `make help` lists what there is. Every target installs what it needs on a Debian machine as root, says
# what to install anywhere else, and is quick when nothing changed.

ARGS ?=
TARGET := $(or $(CARGO_TARGET_DIR),target)
UMBEL := $(TARGET)/release/umbel

.DEFAULT_GOAL := help
.NOTPARALLEL:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build and start Umbel on http://localhost:5555 (flags: make run ARGS="--port 8080")
	@$(UMBEL) $(ARGS)

.PHONY: build
build: ## Build the release binary with the site inside: target/release/umbel
	@.ci/setup build
	@cargo run --locked --package bundle
	@cargo build --locked --release --package server

.PHONY: dev
dev: ## Build quickly, start, and do both again on every change (flags as for run)
	@.ci/setup build
	@cargo run --locked --package bundle -- --watch -- $(ARGS)

.PHONY: test
test: ## Run every check: formatting, clippy, unit and integration tests, Celery's side, the browser's
	@.ci/setup test
	@.ci/test

.PHONY: lint
lint: ## Check formatting, clippy for all feature sets, types of the end-to-end suite
	@.ci/setup test
	@.ci/test lint

.PHONY: e2e
e2e: ## Run the end-to-end suite in Chromium against the release binary
	@.ci/setup test
	@.ci/test e2e

.PHONY: fuzz
fuzz: ## Feed damaged messages to the codecs, a minute for each target (make fuzz SECONDS=600)
	@.ci/setup build
	@UMBEL_FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --locked --package server --test it -- --nocapture fuzz::

.PHONY: interop
interop: ## Run the interop suite: real Celery, Flower and redis-server against an Umbel worker
	@.ci/setup test
	@.ci/test interop

.PHONY: bench
bench: ## Measure and print the tables, on Redis beside Celery and BullMQ
	@.ci/setup bench
	@cargo bench --locked --package server

.PHONY: setup
setup: ## Install everything that building and testing need, and nothing else
	@.ci/setup test

.PHONY: clean
clean: ## Remove everything that was built
	@cargo clean
	@rm -rf end2end/node_modules end2end/test-results end2end/playwright-report end2end/interop/.venv*
