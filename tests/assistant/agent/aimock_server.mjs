// Runs aimock on a free port. Commands come as JSON lines on stdin: {"script": [{"response": …, …options}, …]} says
// what the next requests get, in order. Each command is acknowledged by a line on stdout.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { LLMock } = await import(pathToFileURL(process.argv[2]).href);
const mock = new LLMock({ port: 0, logLevel: "silent", chunkSize: 7 });
await mock.start();
console.log(JSON.stringify({ url: mock.url }));

for await (const line of createInterface({ input: process.stdin })) {
  const { script } = JSON.parse(line);
  mock.reset();
  script.forEach((step, sequenceIndex) => mock.addFixture({ match: { sequenceIndex }, ...step }));
  console.log(JSON.stringify({ scripted: script.length }));
}
await mock.stop();
