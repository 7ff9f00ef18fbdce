package cre_test

import (
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// What is worth a request, and by which rule.
func TestWhatIsWorthARequest(t *testing.T) {
	for said, rule := range map[string]string{
		"Checkout is down": "a message of 3 words",
		"Can we raise the rate limit for our EU tenants before Friday?": "a question of 12 words",
		"1 tenant cannot log in":       "a message of 5 words",
		"please restart the worker":    "a message of 4 words",
		"Sorry, login is broken again": "a message of 5 words",
		"any news?":                    "a question of 2 words",
		"Hi @ada, the export of invoices has been slow since Monday.":       "a message of 10 words",
		"Thanks, but the export still fails for two of our tenants":         "a message of 11 words",
		"Thank you! Could you also look at the staging environment?":        "a question of 10 words",
		"see https://status.example.com/a?b=c for this error":               "a message of 5 words",
		"Hallo zusammen, können wir das Limit bis Freitag erhöhen?":         "a question of 9 words",
		"Guten Morgen, seit gestern schlägt der Export der Rechnungen fehl": "a message of 10 words",
		"Bonjour, est-ce que le paiement est en panne ?":                    "a question of 9 words",
		"Hola, el panel no carga desde esta mañana para nadie":              "a message of 10 words",
		"请问为什么导出这么慢？":                                                       "a question of 5 words",
		"決済が昨日から失敗しています":                                                    "a message of 7 words",
		"لماذا فشلت عملية الدفع؟":                                           "a question of 4 words",
		"γιατί είναι αργό;":                                                 "a question of 3 words",
		"Здравствуйте, почему не работает оплата?":                          "a question of 5 words",
		"ok, what about the other region?":                                  "a question of 6 words",
	} {
		if got, ok := cre.Worth(said); got != rule || !ok {
			t.Errorf("%q is %q (%v), want %q", said, got, ok, rule)
		}
	}
}

// Thanks, greetings, agreement and emoji are ignored, and what is very short.
func TestWhatIsIgnored(t *testing.T) {
	for _, said := range []string{
		"", "   ", "👍", "🎉🎉🎉", ":tada: :+1:", "+1", "...", "?", "???", "@ada", "@ada @bob ?",
		"thanks", "Thanks!", "Thank you so much, @ada!", "Thanks a lot everyone 🙏", "ty", "thanks, that fixed it", "Perfect, it works again now",
		"hi", "Hello there", "Good morning all, how are you?", "hey :wave:",
		"ok", "Sounds good to me", "LGTM", "yes, exactly", "got it, will do", "no worries", "same here", "ok?",
		"looking now", "on it", "https://example.com/a?b",
		"Danke schön!", "Danke, das hat geholfen", "Vielen Dank, passt", "Moin zusammen", "alles klar, gerne",
		"Merci beaucoup", "Bonjour à tous", "d’accord, ça marche",
		"¡Muchas gracias!", "vale, perfecto", "Obrigada!", "bom dia", "Grazie mille", "va bene", "dank je wel", "Tack så mycket", "dziękuję bardzo",
		"Спасибо большое!", "хорошо, понятно", "teşekkürler", "شكرا جزيلا", "תודה רבה", "धन्यवाद",
		"谢谢大家", "好的，收到", "ありがとうございます！", "了解です", "감사합니다", "ขอบคุณครับ",
	} {
		if rule, ok := cre.Worth(said); ok {
			t.Errorf("%q is %s", said, rule)
		}
	}
}

// What is said in a thread, and what the thread hangs on, are one conversation;
// the same number elsewhere is another.
func TestOneConversation(t *testing.T) {
	at := func(channel, thread, id string) string {
		return cre.ThreadOf(&chat.Post{Ref: chat.Ref{Place: chat.Place{Platform: "chat", Channel: channel, Thread: thread}, ID: id}})
	}
	if at("C1", "", "1") != at("C1", "1", "2") {
		t.Error("an answer is not in the conversation of what it answers")
	}
	if at("C1", "", "1") == at("C2", "", "1") || at("C1", "", "1") == at("C1", "", "2") {
		t.Error("two conversations are one")
	}
}
