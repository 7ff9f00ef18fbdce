'use strict';
// The least that an app of Slack's own framework can do: check the signature and
// acknowledge. It keeps nothing, so it can lose everything.

const { App } = require('@slack/bolt');

const app = new App({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  endpoints: ['/slack/commands'],
  authorize: async () => ({ botToken: 'xoxb-0-not-real', botId: 'B0BOT', botUserId: 'U0BOT' }),
});

app.command('/incident', async ({ ack }) => ack('Heard.'));

app.start({ port: Number(process.env.PORT), host: '127.0.0.1' }).then(() => console.log('ready'));
