#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";

const { status, stdout, stderr } = await runCommandLine(process.argv.slice(2));
if (stdout !== undefined) console.log(stdout);
if (stderr !== undefined) console.error(stderr);
process.exitCode = status;
