STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: test check bench vulnerabilities

# Everything, as CI runs it: installs what is missing, then all tests with the
# race detector.
test: check
	.ci/needs
	go test -race -timeout 25m ./...

# Format, vet and staticcheck.
check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

# Known vulnerabilities in what we depend on; asks the Go vulnerability database.
vulnerabilities:
	go run $(GOVULNCHECK) ./...

# How fast it is, as ratios beside a bare server on the same machine.
bench:
	go test -run '^$$' -bench 'Acknowledge' -benchtime 3s ./bot/app
	go test -run '^$$' -bench . -benchtime 1s ./store/bolt ./store/postgres ./bot/chart
