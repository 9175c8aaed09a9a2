/** `npm start`: seeds the local R2 bucket, starts the Worker and prints how to use it. */
import { buildPage } from "./build-page.ts";
import { describeSeeding, seedLocalBucket, startLocalWorker } from "./local-worker.ts";
import { readPort, requireFreePort } from "./read-port.ts";

const DEFAULT_PORT = 8787;
/** 0.0.0.0 serves other devices in the network too. */
const host = process.env.HOST || "localhost";

const port = readPort(process.env.PORT, DEFAULT_PORT);
await requireFreePort(port);
const step = (text: string) => console.log(`${text} …`);
step("Building the page");
await buildPage();
step("Filling the local bucket with the models");
console.log(describeSeeding(await seedLocalBucket()));
step("Starting the Worker");
// "log" shows what the Worker writes, such as the lines that model compare counts.
const { url } = await startLocalWorker({ port, host, logLevel: "log", watch: true });
const endpoint = new URL("/graphql", url).href;

console.log(`
The page:  ${url.href}
GraphiQL:  ${endpoint}
Classify:  curl -sH 'graphql-require-preflight: 1' -F operations='{"query":"query($i: File!) { classify(image: {upload: $i}) { answer { label confidence } predictions { rank id label confidence } } }","variables":{"i":null}}' -F map='{"0":["variables.i"]}' -F 0=@examples/cat.jpg ${endpoint}
Stop:      Ctrl+C
`);
