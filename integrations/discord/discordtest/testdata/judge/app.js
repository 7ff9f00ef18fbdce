'use strict';
// A small app made of @discordjs/ws and @discordjs/rest. judge_test.go starts it
// against a fake Discord and is the person who uses it. It does what apps do:
// hold a session through every way of losing it, answer, edit, wait for a bucket.

const { REST } = require('@discordjs/rest');
const { WebSocketManager, WebSocketShardEvents } = require('@discordjs/ws');
const { GatewayIntentBits, InteractionResponseType, MessageFlags, Routes } = require('discord-api-types/v10');

const { DISCORD_URL, DISCORD_TOKEN, DISCORD_APP, DISCORD_GUILD } = process.env;

const rest = new REST({ version: '10', api: `${DISCORD_URL}/api` }).setToken(DISCORD_TOKEN);

const manager = new WebSocketManager({
  token: DISCORD_TOKEN,
  rest,
  intents: GatewayIntentBits.Guilds | GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildMessages |
    GatewayIntentBits.GuildMessageReactions | GatewayIntentBits.MessageContent,
});

const tell = (what) => process.stdout.write(`${what}\n`);
const nobody = { parse: [] };

const post = (channel, content) =>
  rest.post(Routes.channelMessages(channel), { body: { content, allowed_mentions: nobody } });

const card = (content) => ({
  flags: MessageFlags.IsComponentsV2,
  allowed_mentions: nobody,
  components: [{ type: 17, components: [
    { type: 10, content },
    { type: 1, components: [{ type: 2, style: 1, label: 'Take it', custom_id: 'take' }] },
  ] }],
});

async function message({ author, content, channel_id: channel }) {
  if (author.bot) return;
  if (content.startsWith('ping')) await post(channel, content.replace('ping', 'pong'));
  if (content === 'count') await Promise.all([1, 2, 3, 4, 5].map((n) => post(channel, `count ${n}`)));
  if (content === 'card') await rest.post(Routes.channelMessages(channel), { body: card('nobody') });
  if (content === 'chart') {
    await rest.post(Routes.channelMessages(channel), {
      body: { content: 'Here.', allowed_mentions: nobody, attachments: [{ id: 0, description: 'errors by minute' }] },
      files: [{ name: 'chart.png', data: Buffer.from('PNG'), contentType: 'image/png' }],
    });
  }
  if (content === 'fail') {
    await rest.post(Routes.channelMessages('1'), { body: { content: 'x', allowed_mentions: nobody } })
      .catch((error) => tell(`refused ${error.status} ${error.code} ${error.rawError.message}`));
    await post(channel, 'x'.repeat(2001)).catch((error) => tell(`refused ${error.status} ${error.code} ${error.message.replaceAll('\n', ' ')}`));
  }
}

async function interaction(it) {
  const type = it.message ? InteractionResponseType.UpdateMessage : InteractionResponseType.ChannelMessageWithSource;
  const data = it.message ? card(it.member.user.username) : { content: 'Heard.', flags: MessageFlags.Ephemeral, allowed_mentions: nobody };
  await rest.post(Routes.interactionCallback(it.id, it.token), { body: { type, data }, auth: false });
  if (!it.message) {
    await rest.post(Routes.webhook(DISCORD_APP, it.token), { body: { content: 'And later.', allowed_mentions: nobody }, auth: false });
  }
}

manager.on(WebSocketShardEvents.Ready, (data) => tell(`ready ${data.user.username}`));
manager.on(WebSocketShardEvents.Resumed, () => tell('resumed'));
manager.on(WebSocketShardEvents.Closed, (code) => tell(`closed ${code}`));
manager.on(WebSocketShardEvents.Error, (error) => tell(`error ${error.message}`));
manager.on(WebSocketShardEvents.Dispatch, async ({ t, d }) => {
  try {
    if (t === 'MESSAGE_CREATE') await message(d);
    if (t === 'INTERACTION_CREATE') await interaction(d);
    if (t === 'MESSAGE_REACTION_ADD') tell(`reaction ${d.emoji.name} by ${d.member.user.username}`);
    if (t === 'GUILD_CREATE') tell(`guild ${d.channels.map((c) => c.name)} ${d.members.length}`);
  } catch (error) {
    tell(`failed ${error.message}`);
  }
});

(async () => {
  await rest.put(Routes.applicationGuildCommands(DISCORD_APP, DISCORD_GUILD), {
    body: [{ name: 'incident', description: 'open an incident', options: [{ type: 3, name: 'title', description: 'what is wrong', required: true }] }],
  });
  await manager.connect();
})();
