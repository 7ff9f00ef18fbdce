package app

import "flag"

// Torture asks for the long versions of the tests: go test -torture.
var Torture = flag.Bool("torture", false, "run the long versions of the tests")
