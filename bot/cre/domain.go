package cre

import (
	"slices"
	"strings"
)

// providers give an address to everybody, so that it says nothing about whom
// somebody works for.
var providers = strings.Fields(`
	126.com 163.com aol.com bluewin.ch btinternet.com comcast.net duck.com fastmail.com free.fr freenet.de
	gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de
	hotmail.fr hotmail.it icloud.com laposte.net libero.it live.com live.de live.fr mac.com mail.com mail.ru
	mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de outlook.fr pm.me posteo.de proton.me
	protonmail.com qq.com rocketmail.com sfr.fr t-online.de tuta.com tutanota.com web.de yahoo.co.jp yahoo.co.uk
	yahoo.com yahoo.de yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com`)

// FreeMail reports whether a mail domain is one where everybody gets an address.
func FreeMail(domain string) bool { return slices.Contains(providers, strings.ToLower(domain)) }

// CustomerOf is the key of the customer whose people have addresses like this,
// "" if that is nobody's to say. The domain counts with all below it, and the
// longest that is configured wins: kim@mail.emea.acme.com is of emea.acme.com
// rather than of acme.com.
func CustomerOf(customers []Customer, address string) (key string) {
	_, domain, _ := strings.Cut(address, "@")
	for domain = strings.ToLower(domain); domain != "" && !FreeMail(domain); _, domain, _ = strings.Cut(domain, ".") {
		for _, c := range customers {
			if slices.ContainsFunc(c.Domains, func(d string) bool { return strings.EqualFold(d, domain) }) {
				return c.Key
			}
		}
	}
	return ""
}
