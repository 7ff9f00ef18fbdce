package postgres

// anchored is the collection of what tx.anchor writes. It is ours, belongs to no
// state, and comes before every other name.
var anchored = []byte{0}

// Collections asks for one name after the other: each is a look into the index,
// where reading all of them would be a walk over the whole table.
func (t *tx) Collections() ([]string, error) {
	if t.over {
		return nil, errOver
	}
	var all []string
	for last := anchored; ; {
		f := t.flight()
		t.flush(f)
		f.add(`select coll from cresset_records where coll > $1 order by coll limit 1`, last)
		rows, err := t.fly(f)
		if err != nil || len(rows) == 0 {
			return all, err
		}
		last = rows[0][0]
		all = append(all, string(last))
	}
}
