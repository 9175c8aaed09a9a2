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
