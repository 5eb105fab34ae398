# Two commands for newcomers: `make demo` and `make test`. Both install what is missing and say so.

SHELL := /bin/bash
CARGO := $(shell command -v cargo || echo $$HOME/.cargo/bin/cargo)
DEMO := demo

.PHONY: help demo test chaos

help:
	@echo "make demo   run the main job on samples/ (embedded: no broker, no database, no DMS needed)"
	@echo "make test   install and start what the tests need, run everything"
	@echo "make chaos  10,000 documents while everything is killed (half an hour on two cores, and the build before); see tests/chaos/main.rs"

demo:
	@.ci/install build
	$(CARGO) build --locked
	@rm -rf $(DEMO)
	@echo "The post of samples/post goes through the house; the E-Akte grows in $(DEMO)/akte:"
	@target/debug/laufmappe --data $(DEMO) run samples/post; code=$$?; \
	target/debug/laufmappe --data $(DEMO) ledger verify && \
	{ test $$code -le 1 || exit $$code; }

test:
	@.ci/install tests
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	@.ci/deny
	$(CARGO) test --locked

chaos:
	@.ci/install tests
	$(CARGO) build --locked --release
	CHAOS_DOCUMENTS=$${CHAOS_DOCUMENTS:-10000} LAUFMAPPE_BINARY=$(CURDIR)/target/release/laufmappe \
	$(CARGO) test --locked --test chaos -- --nocapture everything_is_killed
	CHAOS_DOCUMENTS=$${CHAOS_DOCUMENTS_EMBEDDED:-1000} LAUFMAPPE_BINARY=$(CURDIR)/target/release/laufmappe \
	$(CARGO) test --locked --test chaos -- --nocapture killed_every_second
