package config

import "github.com/agnivade/levenshtein"

// nearest returns the name that was probably meant, "" when none is near.
func nearest(word string, names []string) string {
	best, bound := "", 1+len(word)/3
	for _, name := range names {
		if d := levenshtein.ComputeDistance(word, name); d <= bound {
			best, bound = name, d-1
		}
	}
	return best
}
