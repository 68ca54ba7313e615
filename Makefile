# What a person or CI does with Signalbox. `make help` lists it. One debug build serves check and test; the release
# build is for the edge module, the demo, the benchmarks and the installation. Builds never run side by side.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
# make test FILTER=EdgePlan runs only what matches.
FILTER ?=
# make fuzz FUZZ=expression SECONDS=600
FUZZ ?= all
SECONDS ?= 60

release := .build/release
module := libsignalbox_edge.so
# The same flags in check and test, or the package would be built twice.
debug_flags := --build-tests --explicit-target-dependency-import-check error
filter_flag := $(if $(FILTER),--filter '$(FILTER)')
# Many tests run real servers; more of them at once than this only starve each other on two cores.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 4

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check bench bench-email bench-images goldens soak fuzz install edge release tools clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: release edge ## two Envoy nodes, a shop zone, promote and roll back, with every step shown
	@.ci/demo.sh

test: edge ## build and run all tests; FILTER=WORD for some
	@.ci/quietly '$(SWIFT)' build $(debug_flags)
	@.ci/tests '$(SWIFT)' test --skip-build --disable-xctest --quiet $(filter_flag)

check: tools ## format, warnings, import walls, changelog, forbidden words
	@SWIFT='$(SWIFT)' .ci/check.sh

bench: release edge ## the benchmark table (release build)
	@.ci/quietly '$(SWIFT)' build -c release --product benchmarks
	@.ci/quietly '$(SWIFT)' build -c release --product TerminalProbe
	@$(release)/benchmarks

bench-email: tools ## mail through a real Postfix, beside static maps (release build, as root)
	@.ci/quietly '$(SWIFT)' build -c release --product benchmarks
	@$(release)/benchmarks email

bench-images: ## images from an S3 server beside rclone and s5cmd, which are installed for it
	@CI_COPIERS=1 .ci/tools.sh
	@.ci/quietly '$(SWIFT)' build -c release --product imagemover
	@.ci/quietly '$(SWIFT)' build -c release --product benchmarks
	@$(release)/benchmarks images

goldens: edge ## rewrite the golden files; read the change before you commit it
	@.ci/quietly '$(SWIFT)' build $(debug_flags)
	@SIGNALBOX_UPDATE_GOLDENS=1 '$(SWIFT)' test --skip-build --disable-xctest --quiet $(filter_flag) </dev/null
	@git status --short -- '*/Goldens/*'

soak: edge ## the long fuzzing and soak tests
	@.ci/quietly '$(SWIFT)' build $(debug_flags)
	@SIGNALBOX_SOAK=1 '$(SWIFT)' test --skip-build --disable-xctest --quiet --filter Soak </dev/null
	@.ci/fuzz all 600

fuzz: ## fuzz what reads bytes from elsewhere; FUZZ=expression SECONDS=600
	@.ci/fuzz '$(FUZZ)' '$(SECONDS)'

install: tools ## signalbox, its edge module, themes and systemd units below PREFIX (/usr/local)
	@.ci/quietly '$(SWIFT)' build -c release --product signalbox
	@.ci/quietly '$(SWIFT)' build -c release --product signalbox_edge
	@.ci/place 755 $(release)/signalbox '$(DESTDIR)$(PREFIX)/bin/signalbox'
	@.ci/place 644 $(release)/$(module) '$(DESTDIR)$(PREFIX)/lib/signalbox/$(module)'
	@for theme in themes/*.toml; do .ci/place 644 "$$theme" "$(DESTDIR)$(PREFIX)/share/signalbox/$$theme"; done
	@.ci/units install '$(DESTDIR)$(PREFIX)/lib' '$(PREFIX)/bin'

edge: tools
	@.ci/quietly '$(SWIFT)' build -c release --product signalbox_edge
	@.ci/place 644 $(release)/$(module) .tools/lib/$(module)

release: tools
	@.ci/quietly '$(SWIFT)' build -c release --product signalbox
	@.ci/quietly '$(SWIFT)' build -c release --product edgelab

tools: ## Envoy and the Debian packages that are missing
	@.ci/tools.sh

clean: ## remove what was built; .tools with Envoy stays
	@rm -rf .build .tools/lib
