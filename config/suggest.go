package config

// nearest returns the name that was probably meant, "" when none is near.
func nearest(word string, names []string) string {
	best, bound := "", 1+len(word)/3
	for _, name := range names {
		if d := distance(word, name); d <= bound {
			best, bound = name, d-1
		}
	}
	return best
}

// distance counts the letters to add, drop or change to make a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
