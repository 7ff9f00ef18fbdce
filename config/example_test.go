package config_test

import (
	"fmt"

	"cresset/config"
)

// An integration decodes its own section, and adds what only it can check.
func ExampleSection_Decode() {
	type settings struct {
		BotToken      config.Secret   `yaml:"bot_token" required:"true" doc:"Begins with xoxb-."`
		AppToken      config.Secret   `yaml:"app_token" doc:"Present: Socket Mode."`
		SigningSecret config.Secret   `yaml:"signing_secret" doc:"Present: signed HTTP."`
		Timeout       config.Duration `yaml:"timeout" default:"10s" doc:"How long Slack may take to answer."`
	}
	file := "bot_token: ${SLACK_BOT_TOKEN}\ntimeuot: 5s\n"
	section, problems := config.NewSection("cresset.yaml", "integrations.slack", []byte(file), env("SLACK_BOT_TOKEN", "xoxb-1"))

	var s settings
	problems = config.Join(problems, section.Decode(&s))
	if !section.Has("app_token") && !section.Has("signing_secret") {
		problems = config.Join(problems, config.Problems{section.Problem("", "needs app_token or signing_secret")})
	}
	fmt.Println(s.BotToken, s.Timeout)
	fmt.Println(problems.Error())
	// Output:
	// <secret> 10s
	// cresset.yaml:1: integrations.slack needs app_token or signing_secret
	// cresset.yaml:2: integrations.slack.timeuot is not a setting; write timeout
}
