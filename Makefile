# Every target that a person calls says after ## what it does; `make help` prints that.

AXE = 4.14.1
axe = e2e/node_modules/axe-core/axe.min.js

.PHONY: help run test check bench build setup-run setup-test go format vet staticcheck floors

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: setup-run ## serve the site, with a local Postgres unless DATABASE_URL is set (ARGS="…" goes to serve)
	go run ./cmd/passerelle serve $(ARGS)

test: setup-test ## run every test: real Postgres, race detector, floors, journeys in a real browser
	CI=true CGO_ENABLED=1 go run ./devpg/throwaway go test -race -timeout 20m ./...

check: format vet staticcheck floors ## format, vet, staticcheck, the floors, the keys of the messages

bench: go ## measure the house against bare programs, as ratios
	@scripts/postgres.sh
	go run ./bench $(ARGS)

build: go ## build ./passerelle, with its version
	CGO_ENABLED=0 go build -trimpath -buildvcs=false \
		-ldflags "-X main.version=$$(git describe --tags --always --dirty 2>/dev/null || echo unknown)" \
		-o passerelle ./cmd/passerelle

setup-run: go ## install what `make run` needs and this machine has not
	@[ -n "$$DATABASE_URL" ] || scripts/postgres.sh

setup-test: go $(axe) ## install what `make test` needs and this machine has not
	@scripts/postgres.sh
	@scripts/chromium.sh
	@scripts/need.sh gcc "the race detector" gcc libc6-dev

$(axe):
	@scripts/need.sh npm "fetching axe-core for the tests of accessibility" npm
	@echo "Installing axe-core $(AXE) through npm …"
	@npm install --prefix e2e --no-save --no-package-lock --no-audit --no-fund --loglevel=error axe-core@$(AXE)

go:
	@scripts/go.sh

format: go
	@wrong=$$(gofmt -l .); [ -z "$$wrong" ] || { echo "gofmt would change:"; echo "$$wrong"; exit 1; }

vet: go
	go vet ./...

staticcheck: go
	go tool staticcheck ./...

floors: go
	go test . ./i18n ./templates
