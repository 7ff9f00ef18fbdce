'use strict';
// A small app made of @slack/bolt. bolt_test.go starts it against a fake workspace
// and is the person who uses it. It does what apps do: answer a command, open a
// form, say what is wrong in it, post, edit, upload, reply in a thread.

const { App } = require('@slack/bolt');

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

const plain = (text) => ({ type: 'plain_text', text });

const form = (channel) => ({
  type: 'modal',
  callback_id: 'declare',
  private_metadata: channel,
  title: plain('Declare'),
  submit: plain('Declare'),
  blocks: [{
    type: 'input', block_id: 'title', label: plain('Title'),
    element: { type: 'plain_text_input', action_id: 'in' },
  }],
});

const card = (title) => ({
  text: title,
  metadata: { event_type: 'declared', event_payload: { title } },
  blocks: [
    { type: 'section', text: { type: 'mrkdwn', text: `*${title}*` } },
    { type: 'actions', elements: [{ type: 'button', action_id: 'take', text: plain('Take it'), value: 'R-1' }] },
  ],
});

app.command('/incident', async ({ command, ack, client, respond }) => {
  if (command.text !== 'declare') {
    await ack(`Heard ${command.text}.`);
    await respond({ text: 'And later.' });
    return;
  }
  await ack();
  await client.views.open({ trigger_id: command.trigger_id, view: form(command.channel_id) });
});

app.view('declare', async ({ ack, view, client }) => {
  const title = view.state.values.title.in.value;
  if (title.length < 3) {
    await ack({ response_action: 'errors', errors: { title: 'Say more.' } });
    return;
  }
  await ack();
  const posted = await client.chat.postMessage({ channel: view.private_metadata, ...card(title) });
  await client.pins.add({ channel: posted.channel, timestamp: posted.ts });
});

app.action('take', async ({ ack, body, action, client }) => {
  await ack();
  await client.chat.update({
    channel: body.channel.id, ts: body.message.ts, blocks: [],
    text: `${body.user.name} took ${action.value}`,
  });
});

app.event('app_mention', async ({ event, say }) => {
  await say({ text: 'You called?', thread_ts: event.ts });
});

app.event('reaction_added', async ({ event, client }) => {
  const { messages } = await client.conversations.history({
    channel: event.item.channel, latest: event.item.ts, inclusive: true, limit: 1,
  });
  await client.filesUploadV2({
    channel_id: event.item.channel, thread_ts: event.item.ts,
    filename: 'note.txt', title: 'Note', file: Buffer.from(messages[0].text),
  });
});

app.start().catch((error) => {
  console.error(error);
  process.exit(1);
});
