package discordtest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"cresset/integrations/discord/discordtest"
)

// elsewhere sends what is meant for discord.com to a fake.
type elsewhere struct{ to *url.URL }

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = e.to.Scheme, e.to.Host, e.to.Host
	return http.DefaultTransport.RoundTrip(r)
}

// goApp is an app made with discordgo, connected.
func goApp(t *testing.T, d *discordtest.Server) *discordgo.Session {
	t.Helper()
	to, err := url.Parse(d.URL)
	ok(t, err)
	s, err := discordgo.New("Bot " + d.BotToken)
	ok(t, err)
	s.Client = &http.Client{Transport: elsewhere{to}}
	s.Identify.Intents = everyIntent
	return s
}

func TestDiscordgo(t *testing.T) {
	d, war := start(t)
	s := goApp(t, d)
	heard, channels := make(chan string, 10), make(chan int, 1)
	s.AddHandler(func(_ *discordgo.Session, g *discordgo.GuildCreate) { channels <- len(g.Channels) })
	s.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageReactionAdd) {
		heard <- m.Emoji.Name + m.Member.User.Username
	})
	s.AddHandler(func(s *discordgo.Session, in *discordgo.InteractionCreate) {
		if in.Type == discordgo.InteractionModalSubmit {
			_ = s.InteractionRespond(in.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource})
			later := "Sent."
			_, _ = s.InteractionResponseEdit(in.Interaction, &discordgo.WebhookEdit{Content: &later, AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}})
			return
		}
		_ = s.InteractionRespond(in.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseModal, Data: &discordgo.InteractionResponseData{
			CustomID: "declare", Title: "Declare", Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
				discordgo.TextInput{CustomID: "title", Label: "Title", Style: discordgo.TextInputShort}}}}}})
	})
	ok(t, s.Open())
	defer s.Close()
	d.AwaitConnections(1)
	equal(t, "channels", <-channels, 2)

	_, err := s.ApplicationCommandBulkOverwrite(d.AppID, d.GuildID, []*discordgo.ApplicationCommand{{Name: "declare", Description: "open an incident"}})
	ok(t, err)
	room, err := s.GuildChannelCreateComplex(d.GuildID, discordgo.GuildChannelCreateData{Name: "inc-1", Topic: "INC-1",
		PermissionOverwrites: []*discordgo.PermissionOverwrite{{ID: d.GuildID, Type: discordgo.PermissionOverwriteTypeRole, Deny: discordgo.PermissionViewChannel},
			{ID: d.AppID, Type: discordgo.PermissionOverwriteTypeMember, Allow: discordgo.PermissionViewChannel}}})
	ok(t, err)
	ok(t, s.ChannelPermissionSet(room.ID, d.As("ada").User().ID, discordgo.PermissionOverwriteTypeMember, discordgo.PermissionViewChannel, 0))
	equal(t, "members", d.Channel("inc-1").Members, []string{"cresset", "ada"})

	card, err := s.ChannelMessageSendComplex(room.ID, &discordgo.MessageSend{Content: "card", AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
		Embeds:     []*discordgo.MessageEmbed{{Title: "INC-1", Fields: []*discordgo.MessageEmbedField{{Name: "Lead", Value: "nobody"}}}},
		Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Take it", CustomID: "take", Style: discordgo.PrimaryButton}}}}})
	ok(t, err)
	ok(t, s.ChannelMessagePin(room.ID, card.ID))
	equal(t, "pins", d.Channel("inc-1").Pins, []string{card.ID})
	d.As("ada").React("inc-1", card.ID, "📌")
	equal(t, "reaction", <-heard, "📌ada")

	form := d.As("ada").Slash("inc-1", "/declare").Modal
	equal(t, "title", form.Title, "Declare")
	equal(t, "answer", d.As("ada").Submit(form, map[string]string{"Title": "checkout"}).Await().Content, "Sent.")
	_, err = s.ChannelMessageSend("1", "x")
	var refused *discordgo.RESTError
	if !errors.As(err, &refused) || refused.Message.Code != discordgo.ErrCodeUnknownChannel {
		t.Errorf("got %v, want an unknown channel", err)
	}
	equal(t, "in the war room", len(d.Messages(war.ID)), 0)
}

func TestDiscordgoWaitsForItsBuckets(t *testing.T) {
	d, war := start(t)
	s := goApp(t, d)
	d.Limit(posting, 1, 200*time.Millisecond)
	began := time.Now()
	for i := range 3 {
		_, err := s.ChannelMessageSendComplex(war.ID, &discordgo.MessageSend{Content: fmt.Sprint(i), AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}})
		ok(t, err)
	}
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Errorf("three messages took %s", took)
	}
	d.RateLimit(posting, 1, 100*time.Millisecond)
	_, err := s.ChannelMessageSendComplex(war.ID, &discordgo.MessageSend{Content: "3", AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}})
	ok(t, err)
	equal(t, "messages", len(d.Messages("war")), 4)
}

// discordgo resumes at the first address, which Discord does not take, and
// begins anew.
func TestDiscordgoAfterADrop(t *testing.T) {
	d, _ := start(t)
	d.IdentifyEvery(0)
	s := goApp(t, d)
	ok(t, s.Open())
	defer s.Close()
	d.AwaitConnections(1)
	d.DropWithoutClose()
	eventually(t, "a second session", func() bool { return d.Identifies() == 2 })
	equal(t, "resumes", d.Resumes(), 1)
}
