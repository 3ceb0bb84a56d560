# ichor: one spec of a cluster in, everything out. `make` lists the targets.
# The first build compiles a thousand packages and takes some minutes.

ICHOR := go run ./cmd/ichor

.DEFAULT_GOAL := help
.PHONY: help generate check test e2e golden lint fmt bench build

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

generate: ## compile spec/ into out/
	$(ICHOR) generate

check: ## say whether out/ is what spec/ compiles to, and touch nothing
	$(ICHOR) generate --check

test: ## run all tests
	go test ./...

e2e: ## hold the output to real servers: Kubernetes API, Flux, Talos, Helm, BGP
	cd testdata/e2e && go vet ./... && go test -count=1 -timeout 60m ./...

golden: ## write the goldens under testdata/ anew
	ICHOR_UPDATE=1 go test ./...

lint: ## format, vet, staticcheck and CUE's own checks; changes nothing
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "run make fmt: $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go tool cue fmt --check ./schema ./spec
	go tool cue vet ./spec

fmt: ## format Go and CUE
	gofmt -w $$(git ls-files '*.go')
	go tool cue fmt ./schema ./spec

bench: ## measure the compile against the evaluation of its CUE
	go test -run '^$$' -bench . ./cmd/ichor

build: ## build bin/ichor
	go build -o bin/ichor ./cmd/ichor
