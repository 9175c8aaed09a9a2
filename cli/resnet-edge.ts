#!/usr/bin/env node
import { describeFailure, type Printed, runCommandLine } from "./command-line.ts";

const words = process.argv.slice(2);

function print({ status, stdout, stderr }: Printed): void {
  if (stdout !== undefined) console.log(stdout);
  if (stderr !== undefined) console.error(stderr);
  process.exitCode = status;
}

// An error that is thrown from a socket or a timer has no caller that could catch it.
process.on("uncaughtException", (error) => {
  print(describeFailure(error, words.includes("--json")));
  process.exit();
});

print(await runCommandLine(words));
