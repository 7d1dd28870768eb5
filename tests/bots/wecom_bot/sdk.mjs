// The official client against the stand-in: subscribes, streams, sends by itself and uploads; a line a step.
const [, , module, bot, address] = process.argv;
const AiBot = (await import(module)).default;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = new AiBot.WSClient({ botId: bot, secret: "a-secret", wsUrl: address, logger: quiet });
client.on("authenticated", () => console.log("subscribed"));
client.on("message.text", async (frame) => {
  await client.replyStream(frame, "stream-1", "…", false);
  await client.replyStream(frame, "stream-1", `heard ${frame.body.text.content}`, true);
  await client.sendMessage(frame.body.from.userid, { msgtype: "markdown", markdown: { content: "pushed" } });
  const media = await client.uploadMedia(Buffer.alloc(700_000, 1), { type: "image", filename: "p.png" });
  console.log(`uploaded ${media.media_id}`);
  client.disconnect();
  process.exit(0);
});
client.connect();
