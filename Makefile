STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: test torture fuzz check bench pictures vulnerabilities

# Everything, as CI runs it: installs what is missing, then all tests with the
# race detector; and without it, which would make them four to ten times slower, the
# 2,000 seeds of the simulation, the search for what is private, and all conversations
# on the pages of the console.
test: check
	.ci/needs
	go test -race -timeout 30m ./...
	go test -timeout 20m -run '^Test(Simulation|PrivateIncidentsAreNowhere)$$|^TestScripts$$/.*/.*/^(console|browser)$$' ./bot/app

# The long versions, for a night: every write of the first start, every image of a
# power loss, many more seeds, and each fuzz target for half a minute.
torture:
	.ci/needs
	go test -timeout 6h ./bot/app ./store/bolt -torture
	go test -timeout 6h -run 'TestSimulation$$' ./bot/app -seeds 20000
	go test -timeout 6h -race -run 'TestSimulation$$' ./bot/app -seeds 20000
	$(MAKE) fuzz
	$(MAKE) vulnerabilities

FUZZTIME ?= 30s
fuzz:
	@go list ./... | while read package; do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

# Format, vet and staticcheck.
check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

# Known vulnerabilities in what we depend on, and in the toolchain that go.mod names.
# The Go vulnerability database comes as a module, like everything else.
vulnerabilities: export GOTOOLCHAIN = auto
vulnerabilities:
	go mod verify
	@set -e; known=$$(mktemp -d); trap 'rm -rf "$$known"' EXIT; \
	reports=$$(go mod download -json golang.org/x/vulndb@latest | sed -n 's/^\t"Dir": "\(.*\)",$$/\1/p'); \
	go run golang.org/x/vulndb/cmd/indexdb@latest -vulns "$$reports/data/osv" -out "$$known"; \
	go run $(GOVULNCHECK) -db "file://$$known" ./...

# How fast and how small it is, each figure beside what is wanted; then the engines
# and the pictures.
bench:
	.ci/needs
	go test -run '^TestFigures$$' -v -timeout 30m ./bot/app -figures
	go test -run '^$$' -bench . -benchtime 1s ./store/bolt ./store/postgres ./bot/chart

# The pictures of docs/, of what the code says now: look at each before you commit it.
pictures:
	.ci/needs pictures
	go test -count=1 -timeout 10m -run '^Test(Pictures|Drawings)$$' ./bot/app -pictures
