import { createServer } from "node:net";

/**
 * Reads a TCP port from the environment.
 *
 * @param text - undefined or empty for the fallback
 */
export function readPort(text: string | undefined, fallback: number): number {
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  console.error(
    `PORT is "${text}", but must be a whole number from 1 to 65535, such as PORT=8080 npm start.`,
  );
  process.exit(2);
}

/** Ends the process if another one uses the port: wrangler would wait without a word. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(port, () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  if (free) return;
  console.error(
    `Port ${port} is in use by another process. Stop it, or choose another port: PORT=${port + 1} npm start.`,
  );
  process.exit(1);
}
