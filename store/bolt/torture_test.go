package bolt

import "flag"

// torture asks for the long versions of the tests: go test -torture.
var torture = flag.Bool("torture", false, "run the long versions of the tests")
