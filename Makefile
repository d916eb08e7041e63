# Two commands do everything on a fresh machine with a Swift toolchain: `make demo` and `make test`.
# Each installs what is missing first. `make help` lists the rest.

SWIFT := swift
# One configuration for the demo, the tests and the benchmarks, and no testable imports (tests use what is
# public or of the package): one build serves all.
FLAGS := -c release

.PHONY: help setup build demo test simulate check bench format docs clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## install what is missing (system packages, libduckdb); asks nothing
	@.ci/setup

build: setup ## build the command and the library
	$(SWIFT) build $(FLAGS) --product rekindle

demo: build ## the main job on the committed shop: features, model, scores, report
	@.ci/demo

test: setup ## every test
	$(SWIFT) build $(FLAGS) --product rekindle
	$(SWIFT) test $(FLAGS) --disable-testable-imports

# The tests whose names end so run a few hundred seeded replicates each; with this variable they run them all,
# and print their tables.
simulate: setup ## error rates of the statistics over 10,000 runs each (five minutes on two idle cores)
	REKINDLE_SIMULATION_RUNS=10000 $(SWIFT) test $(FLAGS) --disable-testable-imports \
	  --filter 'RekindleStatisticsTests.*(Simulation|Coverage)Tests|RekindleExperimentsTests.ErrorRatesTests'

check: setup ## formatting, warnings as errors, import arrows
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift
	$(SWIFT) build $(FLAGS) --explicit-target-dependency-import-check error

bench: setup ## the benchmarks, beside their peers in the same run
	@Benchmarks/run

format: ## rewrite the sources in the house format
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Benchmarks Package.swift

docs: ## the DocC archive
	$(SWIFT) package --allow-writing-to-directory .build/docs generate-documentation --target Rekindle \
	  --output-path .build/docs

clean: ## remove what was built
	rm -rf .build Benchmarks/.build out
