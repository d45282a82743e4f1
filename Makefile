# Two commands matter: `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BUILD_PACKAGES := libzstd-dev liblz4-dev libxxhash-dev libsnappy-dev libdeflate-dev libisal-dev libyaml-dev pkg-config
TEST_PACKAGES := kcat python3-venv valgrind binutils
BENCH_PACKAGES := librdkafka-dev librdkafka1
# The manifest reads the commit: cached manifests and plans would keep an earlier one.
RELEASE := swift build --manifest-cache none --disable-build-manifest-caching -c release --static-swift-stdlib
BENCH := Benchmarks/.build/release/weir-bench
VENVS := .venv-clients .venv-pykafka .venv-reports
# With all tests at once, those that hold time-outs to their time would wait for two cores.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 8

.PHONY: help run build test test-build guards guards-update packages test-packages lint docs interop clean
.PHONY: venvs venv-packages $(VENVS)
.PHONY: bench bench-quick bench-full bench-build bench-peers bench-test

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## install what is missing, build release, and run the quick start on the embedded broker
	.build/release/weir run Scenarios/quickstart.yaml

build: packages ## the release build, with Swift's runtime linked statically
	$(RELEASE) --product weir

test: packages test-packages venvs lint test-build ## build everything, run all tests and check the guards
	swift test --skip-build --skip '^(EndToEnd|Interop)Tests'
	swift test --skip-build --filter '^EndToEndTests'
	swift test --skip-build --filter '^InteropTests'
	@$(MAKE) --no-print-directory guards

test-build:
	swift build --build-tests

guards: packages test-packages ## compare what the hot paths cost with Guards/thresholds.tsv
	$(RELEASE) --product hot-paths
	Guards/check

guards-update: packages test-packages ## write Guards/thresholds.tsv anew; commit it with the reason
	$(RELEASE) --product hot-paths
	Guards/check --update

lint: ## the formatter's strict check, and no bare subtraction of nanoseconds
	swift format lint -r --strict Package.swift Sources Tests $(wildcard Snippets) \
	  Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Tests
	@! grep -rnE 'Ns(\(\))? &?-=? | &?-=? (min\([^)]*)?[A-Za-z.]*Ns\b' --include=*.swift --exclude-dir=Results Sources \
	  || { echo "unsigned: take such differences by Sources/System/Instants.swift"; exit 1; }

docs: test-build ## write the generated parts of docs/scenarios.md anew
	WEIR_WRITE_DOCS=1 swift test --skip-build --filter ScenarioReferenceTests

interop: packages test-packages venvs test-build ## the interop suite against the Kafka in KAFKA_HOME
	@[ -x "$$KAFKA_HOME/bin/kafka-server-start.sh" ] || { echo "set KAFKA_HOME to an Apache Kafka distribution"; exit 2; }
	swift test --skip-build --filter RealKafka

bench: bench-build ## Weir beside librdkafka and the machine's floors, in under 15 minutes
	$(BENCH) bench

bench-quick: bench-build ## a smoke of bench, in under 3 minutes
	$(BENCH) quick

bench-full: bench-build bench-peers ## every peer and each Apache Kafka in KAFKA_HOMES, for hours; continues where it stopped
	$(BENCH) full

# One build makes weir and what measures it; weir has the same instructions as make build's.
bench-build: packages .venv-clients
	@Scripts/install-packages $(BENCH_PACKAGES)
	$(RELEASE) --package-path Benchmarks

bench-peers: .venv-pykafka
	@command -v java >/dev/null || Scripts/install-packages openjdk-17-jre-headless

bench-test: packages ## the tests of the benchmarks' own package
	@Scripts/install-packages $(BENCH_PACKAGES)
	swift test --package-path Benchmarks

packages:
	@Scripts/install-packages $(BUILD_PACKAGES)

test-packages:
	@Scripts/install-packages $(TEST_PACKAGES)

venvs: $(VENVS)

$(VENVS): .venv-%: venv-packages
	@Scripts/make-venv $@ Tests/InteropTests/Python/requirements-$*.txt

venv-packages:
	@Scripts/install-packages python3-venv

clean: ## remove what was built (results stay)
	rm -rf .build Benchmarks/.build $(VENVS)
