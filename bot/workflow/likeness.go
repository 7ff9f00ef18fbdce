package workflow

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"

	"cresset/bot/cre"
	"cresset/store"
)

// Likeness is which requests are like one, and the words by which they were found.
type Likeness struct {
	Words []WeighedWord // the heaviest first
	Hits  []Hit         // the likest first
}

// A WeighedWord is a telling word of what was asked for.
type WeighedWord struct {
	cre.Word
	In     int     // how many other requests say it; Many where that many do, or more
	Weight float64 // from 1 to 8.6
}

// A Hit is a request that is like what was asked for.
type Hit struct {
	Request      *cre.Request
	Share        float64  // of the weight of the words that were asked for, from 0 to 1
	Words        []string // that both say, as they were asked for, the heaviest first
	Via          string   // the duplicate of Request that is the like one; "": it is itself
	SameCustomer bool
}

// Answered reports whether the request ended with words that answer it.
func (h Hit) Answered() bool {
	r := h.Request
	return r.Reason != "" && (r.Status == cre.Done || r.Status == cre.RefusedRequest)
}

// Percent is the share in whole per cent. 100 is all of it.
func (h Hit) Percent() int { return int(100*h.Share + 1e-9) }

const (
	// Many is how many requests say a word that tells no more than any other.
	Many = 2000
	// leastShare is what a hit has at least.
	leastShare = 1.0 / 3
	// mostRead is how many of the likest requests are read. Not all of them may be
	// seen by who asks.
	mostRead = 150
)

// Like lists the requests that the asker may see and that are like r, at most so
// many. r may be one that nobody filed: its title, detail and customer are enough.
//
// A person works it out by hand so. The words are those of [cre.Words]. A word that
// n other requests say weighs 1 + ln(2000/n): 1 if that are 2,000 or more, and 8.6 if
// it is one or none. The share of a request is the weight of the words that both say,
// divided by the weight of all words asked for. A hit has a third at least, and two of
// the words; where only one was asked for, it is a search, and finds whoever says it.
// Text without a word that tells, such as "it is not there", is like nothing.
//
// Of the same share in whole per cent those go first that were answered, then those
// of the same customer, then the newer ones. A duplicate stands for the one that goes on.
//
// The work is bounded: of each word the newest 2,000 requests that say it are
// counted, whether the asker may see them or not, and the likest 150 are read.
func (s *Step) Like(r *cre.Request, most int) (*Likeness, error) {
	words, near, err := s.weigh(r)
	if err != nil {
		return nil, err
	}
	l := &Likeness{Words: words}
	best := map[string]Hit{}
	for _, key := range near {
		h, err := s.hit(r, words, key)
		if err != nil {
			return nil, err
		}
		if h == nil {
			continue
		}
		if b, ok := best[h.Request.ID]; !ok || h.Share > b.Share || h.Share == b.Share && h.Via == "" {
			best[h.Request.ID] = *h
		}
	}
	l.Hits = slices.SortedFunc(maps.Values(best), liker)
	l.Hits = l.Hits[:min(len(l.Hits), most)]
	return l, nil
}

// weigh gives the words of r with their weights, the heaviest first, and the keys of
// the requests that may say enough of them, those that say most first.
func (s *Step) weigh(r *cre.Request) (words []WeighedWord, near [][]byte, err error) {
	said := map[string]float64{} // by key, the weight of what was found there
	own := store.Requests.Key(r)
	for _, w := range cre.Words(r.Title, r.Detail) {
		keys, err := s.saying(w.Term, own)
		if err != nil {
			return nil, nil, err
		}
		word := WeighedWord{w, len(keys), 1 + math.Log(Many/float64(max(len(keys), 1)))}
		words = append(words, word)
		for _, key := range keys {
			said[string(key)] += word.Weight
		}
	}
	slices.SortStableFunc(words, func(a, b WeighedWord) int { return cmp.Compare(b.Weight, a.Weight) })
	least := leastShare * total(words)
	for _, w := range words {
		if w.In == Many { // an older request may say it too, without being among those counted
			least -= w.Weight
		}
	}
	maps.DeleteFunc(said, func(_ string, weight float64) bool { return weight < least })
	likest := slices.SortedFunc(maps.Keys(said), func(a, b string) int { return cmp.Or(cmp.Compare(said[b], said[a]), cmp.Compare(b, a)) })
	for _, key := range likest[:min(len(likest), mostRead)] {
		near = append(near, []byte(key))
	}
	return words, near, nil
}

// saying gives the keys of the newest requests that say a word, but for one.
func (s *Step) saying(term string, own []byte) (keys [][]byte, err error) {
	for line, err := range store.Requests.Keys(s.Tx, "words", store.Key(term), store.Page{Desc: true, Limit: Many + 1}) {
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(line.Record, own) {
			keys = append(keys, line.Record)
		}
	}
	return keys[:min(len(keys), Many)], nil
}

func total(words []WeighedWord) (weight float64) {
	for _, w := range words {
		weight += w.Weight
	}
	return weight
}

// hit is what the request under key has of the words; nil if that is too little, or
// the asker may not see it.
func (s *Step) hit(r *cre.Request, words []WeighedWord, key []byte) (*Hit, error) {
	like, err := store.Requests.Get(s.Tx, key)
	if errors.Is(err, store.ErrCorrupt) { // `cresset doctor` names it; nobody has to wait for that
		return nil, nil
	}
	if err != nil || like == nil || !s.maySee(like) {
		return nil, err
	}
	terms := cre.Terms(like.Title, like.Detail)
	both := slices.DeleteFunc(slices.Clone(words), func(w WeighedWord) bool { return !slices.Contains(terms, w.Term) })
	h := &Hit{Request: like, Share: total(both) / total(words), SameCustomer: r.Customer != "" && like.Customer == r.Customer}
	for _, w := range both {
		h.Words = append(h.Words, w.Said)
	}
	if h.Share < leastShare || len(both) < min(2, len(words)) {
		return nil, nil
	}
	return s.goesOn(h, r)
}

// longestChain is how many duplicates of duplicates are followed.
const longestChain = 10

// goesOn has the request that goes on in the place of a duplicate.
func (s *Step) goesOn(h *Hit, r *cre.Request) (*Hit, error) {
	for range longestChain {
		if h.Request.DuplicateOf == "" {
			break
		}
		of, err := s.findRequest(h.Request.DuplicateOf)
		if err != nil || of == nil {
			return nil, err
		}
		h.Via = cmp.Or(h.Via, h.Request.ID)
		h.Request = of
	}
	if h.Request.ID == r.ID || !s.maySee(h.Request) {
		return nil, nil
	}
	return h, nil
}

// liker sorts hits.
func liker(a, b Hit) int {
	return cmp.Or(cmp.Compare(b.Percent(), a.Percent()), first(a.Answered(), b.Answered()), first(a.SameCustomer, b.SameCustomer),
		cmp.Compare(b.Request.Number, a.Request.Number))
}

// first puts what is so before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// truly is the share from which a request is like another without anybody looking.
const truly = 0.5

// noteLike notes which requests a new one is like, so that who looks at it sees them,
// and counts those of the week before. It looks as the bot: what is private, and what
// named people see only, is not among them.
func (s *Step) noteLike(r *cre.Request) (*Likeness, error) {
	like, err := s.asBot().Like(r, mostRead)
	if err != nil {
		return nil, err
	}
	like.Hits = slices.DeleteFunc(like.Hits, func(h Hit) bool { return h.Share < truly })
	for _, h := range like.Hits {
		if len(r.Like) < 3 {
			r.Like = append(r.Like, h.Request.ID)
		}
		if h.Request.Created.After(r.Created.AddDate(0, 0, -7)) {
			r.Alike++
		}
	}
	return like, nil
}

// Similar are the requests that the asker may see and that were noted as like one,
// the likest first.
func (s *Step) Similar(r *cre.Request) (similar []cre.Request, err error) {
	for _, id := range r.Like {
		q, err := s.findRequest(id)
		if err != nil {
			return nil, err
		}
		if q != nil && s.maySee(q) {
			similar = append(similar, *q)
		}
	}
	return similar, nil
}
