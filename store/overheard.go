package store

import "cresset/bot/cre"

// Overheard is what people said lately that may be a request.
var Overheard = &Collection[cre.Overheard]{
	Name: "overheard",
	Key:  func(o *cre.Overheard) []byte { return Key(o.N) },
	Indexes: []Index[cre.Overheard]{
		{Name: "thread", Keys: func(o *cre.Overheard) [][]byte { return when(o.Thread != "", Key(o.Thread, o.N)) }},
		{Name: "by", Keys: func(o *cre.Overheard) [][]byte {
			return when(o.Thread != "", Key(o.Post.Place.Key(), o.Post.By.Key(), o.N))
		}},
	},
}
