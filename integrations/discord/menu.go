package discord

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// more is the group of the verbs that Discord has no room for beside the others; a
// second one is more-2.
const more = "more"

// show is the sub-command of a verb whose word is a group as well, where it has no
// name there.
const show = "show"

var commandName = regexp.MustCompile(`^[-_\p{L}\p{N}]{1,32}$`)

// placesOf says by which words each verb is chosen behind the name of its command:
// one, or a group and one in it. The first verbs stand on top, as many as fit. A
// verb that Discord can have nowhere is left out.
func placesOf(s chat.Slash, verbs []chat.Verb) map[string][]string {
	places := map[string][]string{}
	groups := groupsOf(s, verbs)
	var alone []string // lines of one word
	inGroup := map[string][]string{}
	for _, v := range verbs {
		words := wordsOf(s, v)
		if len(words) == 1 && groups[words[0]] {
			words = append(words, withinItsGroup(v))
		}
		switch {
		case len(words) > 2 || slices.ContainsFunc(words, func(w string) bool { return w == say || !commandName.MatchString(w) }):
			continue
		case len(words) == 1:
			alone = append(alone, v.Line)
		case len(inGroup[words[0]]) == mostSubCommands || slices.Contains(inGroup[words[0]], words[1]):
			continue
		default:
			inGroup[words[0]] = append(inGroup[words[0]], words[1])
		}
		places[v.Line] = words
	}
	room := mostSubCommands - len(inGroup) - 1 // say
	for i, line := range alone[min(onTop(len(alone), room), len(alone)):] {
		places[line] = []string{moreGroup(i / mostSubCommands), places[line][0]}
	}
	return places
}

// withinItsGroup is what a verb is called among those that begin with its words:
// "add" of "cre event", which is said as "cre event add" too.
func withinItsGroup(v chat.Verb) string {
	for _, also := range v.Aliases {
		if word, within := strings.CutPrefix(also, v.Line+" "); within && commandName.MatchString(word) {
			return word
		}
	}
	return show
}

// onTop is how many of n have room when the others go into groups that need it too.
func onTop(n, room int) int {
	groups := 0
	for n-(room-groups) > groups*mostSubCommands {
		groups++
	}
	return room - groups
}

// moreGroup is the name of the nth group of what has no room on top.
func moreGroup(n int) string {
	if n == 0 {
		return more
	}
	return fmt.Sprintf("%s-%d", more, n+1)
}

// groupsOf are the first words of verbs of two.
func groupsOf(s chat.Slash, verbs []chat.Verb) map[string]bool {
	groups := map[string]bool{}
	for _, v := range verbs {
		if words := wordsOf(s, v); len(words) > 1 {
			groups[words[0]] = true
		}
	}
	return groups
}

// wordsOf is what a verb says behind the word of its command.
func wordsOf(s chat.Slash, v chat.Verb) []string {
	return strings.Fields(strings.TrimPrefix(v.Line, s.Line+" "))
}

// place puts a sub-command where its words say.
func (c *command) place(words []string, sub command) {
	if len(words) == 1 {
		c.Options = append(c.Options, sub)
		return
	}
	i := slices.IndexFunc(c.Options, func(o command) bool { return o.Name == words[0] })
	if i < 0 {
		c.Options = append(c.Options, command{Type: int(discordgo.ApplicationCommandOptionSubCommandGroup), Name: words[0]})
		i = len(c.Options) - 1
	}
	group := &c.Options[i]
	group.Options = append(group.Options, sub)
	group.Description = described(strings.TrimPrefix(group.Description+", "+sub.Name, ", "), group.Name)
}
