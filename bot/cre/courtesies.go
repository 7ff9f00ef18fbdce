package cre

import "strings"

// courtesies are what people say to be kind, or to agree: true is thanks, or praise,
// after which comes what was solved rather than what is wrong.
var courtesies, longestCourtesy = phrases(map[bool]string{true: thanks, false: courteous})

func phrases(lists map[bool]string) (all map[string]bool, longest int) {
	all = map[string]bool{}
	for thanks, list := range lists {
		for line := range strings.SplitSeq(strings.TrimSpace(list), "\n") {
			for phrase := range strings.SplitSeq(line, ",") {
				words := strings.Fields(phrase)
				all[strings.Join(words, " ")] = thanks
				longest = max(longest, len(words))
			}
		}
	}
	return all, longest
}

// everybody are words for whom a greeting is meant.
var everybody = strings.Fields("all everyone everybody team folks guys there again mate sir zusammen alle tous équipe todos equipo tutti allemaal wszyscy")

// thanks and praise, a language or a few on a line.
const thanks = `
thanks, thank you, thank you so much, thank you very much, thanks a lot, thanks a ton, thanks so much, many thanks, thx, ty, tysm, cheers, much appreciated, appreciate it, appreciated, thanks again, thanks for your help, thank you for your help, thanks for the help, thanks for the quick reply, perfect, great, awesome, excellent, great news, good job, great job, well done
danke, danke schön, danke dir, danke euch, danke sehr, vielen dank, vielen lieben dank, herzlichen dank, besten dank, tausend dank, super, prima, perfekt
merci, merci beaucoup, merci bien, merci à tous, mille mercis, parfait, génial
gracias, muchas gracias, mil gracias, perfecto, genial, obrigado, obrigada, muito obrigado, muito obrigada, valeu, perfeito, ótimo
grazie, grazie mille, molte grazie, perfetto, ottimo, bedankt, dank je, dank je wel, dank u, dank u wel, dankjewel
tack, tack så mycket, takk, tusen takk, mange tak, kiitos, paljon kiitoksia
dziękuję, dziękuję bardzo, dzięki, děkuji, dík, спасибо, спасибо большое, большое спасибо, благодарю, отлично, дякую, дуже дякую
teşekkürler, teşekkür ederim, çok teşekkürler, sağ ol, harika, ευχαριστώ, ευχαριστώ πολύ
شكرا, شكرا جزيلا, شكرًا, תודה, תודה רבה, धन्यवाद, बहुत धन्यवाद, शुक्रिया
谢谢, 谢谢你, 谢谢您, 谢谢大家, 多谢, 非常感谢, 感谢, 謝謝, 多謝
ありがとう, ありがとうございます, ありがとうございました, どうもありがとうございます
감사합니다, 고맙습니다, 고마워요, ขอบคุณ, ขอบคุณครับ, ขอบคุณค่ะ, cảm ơn, cảm ơn bạn, terima kasih
`

// courteous are greetings and agreement.
const courteous = `
hi, hello, hey, hiya, good morning, good afternoon, good evening, morning, good night, bye, goodbye, see you, see you later, see you tomorrow, have a nice day, have a good day, have a good weekend, have a nice weekend, happy new year, welcome, how are you, how are you doing, how's it going
ok, okay, k, yes, yep, yeah, yup, no, nope, sure, of course, right, exactly, agreed, i agree, same here, same, sounds good, sounds great, sounds good to me, works for me, that works, looks good, looks good to me, lgtm, got it, understood, noted, makes sense, will do, done, nice, cool, good, fine, good to know, no worries, no problem, np, you're welcome, my pleasure, sorry, please, lol, haha, wow, 1
hallo, guten morgen, guten tag, guten abend, moin, servus, grüß gott, tschüss, auf wiedersehen, schönen tag, schönen tag noch, schönes wochenende, ja, nein, gerne, gern, klar, genau, alles klar, verstanden, passt, gut, sehr gut, in ordnung, einverstanden, kein problem, bitte, wie geht's, wie geht es
bonjour, bonjour à tous, bonsoir, salut, coucou, au revoir, bonne journée, bonne soirée, bon week-end, oui, non, d'accord, bien sûr, très bien, ça marche, entendu, compris, pas de problème, pas de souci, de rien, je vous en prie, s'il vous plaît, ça va, comment ça va, comment allez vous
hola, buenos días, buenas tardes, buenas noches, buenas, adiós, hasta luego, sí, si, vale, claro, de acuerdo, entendido, muy bien, de nada, por favor, qué tal, cómo estás
olá, oi, bom dia, boa tarde, boa noite, tchau, sim, não, certo, beleza, combinado, tudo bem, por nada
ciao, salve, buongiorno, buonasera, buona giornata, arrivederci, va bene, capito, prego, come stai, come va
hoi, goedemorgen, goedemiddag, goedenavond, tot ziens, fijne dag, nee, akkoord, begrepen, graag gedaan, alsjeblieft
hej, god morgon, hejdå, tak, hei, moi, huomenta, cześć, dzień dobry, dobry wieczór, do widzenia, nie, dobrze, jasne, proszę, ahoj, dobrý den, ano, dobře
привет, здравствуйте, добрый день, доброе утро, добрый вечер, до свидания, да, нет, хорошо, понятно, согласен, согласна, пожалуйста, привіт, добрий день, добре, так, ні
merhaba, selam, günaydın, iyi akşamlar, evet, hayır, tamam, anlaşıldı, rica ederim, γεια, γεια σας, καλημέρα, καλησπέρα, ναι, εντάξει, παρακαλώ
مرحبا, السلام عليكم, صباح الخير, مساء الخير, نعم, لا, حسنا, تمام, שלום, בוקר טוב, כן, לא, בסדר, नमस्ते, सुप्रभात, हाँ, नहीं, ठीक है
你好, 您好, 大家好, 早上好, 下午好, 晚上好, 再见, 好的, 好, 是的, 明白, 明白了, 收到, 可以, 没问题, 不客气
こんにちは, おはようございます, お疲れ様です, お疲れさまです, お世話になっております, はい, いいえ, 了解です, 了解しました, 承知しました, かしこまりました, わかりました, 大丈夫です, よろしくお願いします, よろしくお願いいたします
안녕하세요, 안녕, 네, 아니요, 알겠습니다, 확인했습니다, 좋아요, 수고하셨습니다
สวัสดี, สวัสดีครับ, สวัสดีค่ะ, ครับ, ค่ะ, xin chào, chào, vâng, halo, selamat pagi, baik
`
