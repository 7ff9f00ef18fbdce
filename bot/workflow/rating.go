package workflow

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// askRating are the buttons by which the requester says how it went, none where they
// were asked in the last fortnight, or cannot be asked.
func (s *Step) askRating(r *cre.Request) ([]chat.Button, error) {
	if r.Requester.External {
		return nil, nil
	}
	accounts, err := store.AccountsOf(s.Tx, r.Requester)
	if err != nil {
		return nil, err
	}
	for _, p := range accounts {
		for last, err := range store.Requests.By(s.Tx, "rating asked", store.Key(p.Key()), store.Page{Desc: true, Limit: 1}) {
			if err != nil {
				return nil, err
			}
			if last.RatingAsked.After(s.Now.Add(-cre.RatingEvery)) {
				return nil, nil
			}
		}
	}
	r.RatingAsked = s.Now
	return []chat.Button{
		{Label: "Went well", Line: "cre rate " + r.ID + " good", Style: chat.Good},
		{Label: "Went badly", Line: "cre rate " + r.ID + " bad"},
	}, nil
}

// Rate keeps what the requester thought of a request that is over. Said again, it is
// changed; without words, those that were said stay.
func (s *Step) Rate(r *cre.Request, v cre.Verdict, words string) error {
	if mine, err := s.Mine(r.Requester); err != nil {
		return err
	} else if !mine {
		return cre.Errorf(cre.Forbidden, "Only %s, who asked for **%s**, can say how it went.", r.Requester, r.ID)
	}
	if r.Status.Open() {
		return cre.Errorf(cre.Conflict, "**%s** is still open. Say how it went when it is over.", r.ID)
	}
	if words == "" && r.Rating != nil {
		words = r.Rating.Text
	}
	r.Rating = &cre.Rating{At: s.Now, Good: v == cre.GoodVerdict, Text: words}
	return s.keepRequest(r)
}

// Satisfaction is what requesters thought of a customer's requests of late.
func (s *Step) Satisfaction(customer string) (cre.Satisfaction, error) {
	eyes, err := s.Eyes()
	if err != nil {
		return cre.Satisfaction{}, err
	}
	return store.Satisfaction(s.Tx, eyes, customer, s.Now)
}
