# What there is to do here, by name. `make` alone lists it.

# Flags for every build of the package. One set for building, testing and running: another set
# compiles everything again.
SWIFT_FLAGS ?=
# Numerical code in debug is 20 to 100 times slower.
SWIFT_OPTIONS = -c release $(SWIFT_FLAGS)
# Without this `swift test` compiles the library a second time, for `@testable`. Tests use what is
# public, or `package`.
TEST_OPTIONS = --disable-testable-imports
SOURCES = $(wildcard Package.swift Benchmarks/Package.swift Sources Tests Examples \
  Benchmarks/Benchmarks Benchmarks/Workloads Benchmarks/Compare Benchmarks/Growth)

.PHONY: help setup build test docs demo accuracy defaults interop fuzz snippets sanitize bench bench-check peers growth lint format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## check the toolchain; on Debian and Ubuntu install the libraries that are missing
	@./Scripts/setup.sh

build: setup ## compile the libraries, the examples and the command line
	swift build $(SWIFT_OPTIONS)

test: build ## run all tests
	swift test $(TEST_OPTIONS) $(SWIFT_OPTIONS)
	./Tests/EndToEnd/run.sh

docs: build ## build the documentation (Output/documentation); fails where a public symbol has none
	@./Scripts/docs.sh

demo: setup ## train a bridge to the checkerboard (FULL=1: all 7,000 steps); pictures in Output/
	swift run $(SWIFT_OPTIONS) Checkerboard $(if $(filter 1,$(FULL)),--full)

accuracy: setup ## measure every sampler (FULL=1: the whole grid); tables and pictures in Output/accuracy
	swift run $(SWIFT_OPTIONS) SamplerAccuracy $(if $(filter 1,$(FULL)),--full)

defaults: build ## train with default settings on eight densities; table and picture in Output/defaults
	@./Scripts/defaults.sh

interop: build ## load weights into PyTorch and back, and read numpy's files, in a virtual environment
	./Scripts/interop.sh

fuzz: ## a million mutated files of each format through the readers
	FUZZ_COUNT=1000000 swift test $(TEST_OPTIONS) $(SWIFT_OPTIONS) --filter 'MutationTests|PNGMutationTests'

snippets: setup ## compile and run the Swift blocks of README, articles and doc comments; compare what they print
	./Scripts/snippets.sh

sanitize: setup ## run what has pointers, input or threads under the address, undefined-behaviour (C) and thread sanitizers
	./Scripts/sanitize.sh address
	./Scripts/sanitize.sh thread

bench: setup ## run the benchmarks
	swift package --package-path Benchmarks benchmark

bench-check: setup ## fail where a workload takes 0.15 of its floor longer than Benchmarks/Thresholds says
	@./Scripts/bench-check.sh

peers: setup ## compare with PyTorch and JAX, in turns; writes Benchmarks/RESULTS.md
	test -x Output/peers/bin/pip || python3 -m venv Output/peers || \
	  { echo 'make peers needs python3 with venv (on Debian and Ubuntu: apt install python3-venv)' >&2; exit 1; }
	Output/peers/bin/pip install --quiet torch torchdiffeq jax optax diffrax
	swift build --package-path Benchmarks $(SWIFT_OPTIONS) --product Compare
	Output/peers/bin/python Benchmarks/Peers/compare.py --write Benchmarks/RESULTS.md

growth: setup ## how cost grows with rows, width, depth, dimension; table and picture in Output/growth
	swift run --package-path Benchmarks $(SWIFT_OPTIONS) Growth Output/growth

lint: ## check the format of all Swift code
	swift format lint --strict --parallel -r $(SOURCES)

format: ## rewrite all Swift code in the project's format
	swift format --in-place --parallel -r $(SOURCES)

clean: ## remove everything that was built
	rm -rf .build Benchmarks/.build
