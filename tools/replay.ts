/** `npm run replay -- receipt.json photo`: checks that a receipt's answer can be reproduced. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { formatTable } from "../cli/terminal/format-table.ts";
import { receiptSchema } from "../src/models/receipt.ts";
import { replay } from "./replay-receipt.ts";

const USAGE = `Usage: npm run replay -- RECEIPT PHOTO

Classify PHOTO as RECEIPT says (the JSON of Classification.receipt), with the networks in models/,
and compares. The exit status is 0 if everything is reproduced, and 1 if something differs.`;

const [receiptPath, photoPath, ...rest] = process.argv.slice(2);
if (receiptPath === undefined || photoPath === undefined || rest.length > 0) fail(USAGE);
const receipt = receiptSchema.safeParse(parseJson(await read(receiptPath)));
if (!receipt.success) {
  fail(
    `${receiptPath} is not a receipt:\n${z.prettifyError(receipt.error)}\nGive the JSON of Classification.receipt.`,
  );
}
const { problems, rows } = await replay(receipt.data, new Uint8Array(await read(photoPath)));
if (rows.length > 0) {
  console.log(formatTable(["class", "receipt", "replayed"], rows));
  console.log();
}
for (const problem of problems) console.error(`Differs: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log("Reproduced: image, models, preprocessing and predictions are those of the receipt.");

function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: Error) =>
    fail(`Cannot read ${path}: ${error.message}. Give the path of a file.`),
  );
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return fail(`${receiptPath} is not JSON. Give the JSON of Classification.receipt.`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
