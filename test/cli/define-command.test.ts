/** A made-up command: what its declaration alone gives it. */
import { describe, expect, expectTypeOf, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import { type Printed, runCommandLine } from "../../cli/command-line.ts";
import type { CommandRow } from "../../cli/commands/commands.ts";
import { defineCommand } from "../../cli/define-command.ts";

const PAINT = defineCommand({
  description: "Paint walls.",
  arguments: {
    wall: { placeholder: "WALL", help: "the first wall" },
    others: { placeholder: "OTHER", help: "more walls", optional: true, repeated: true },
  },
  options: {
    coats: {
      type: "number",
      min: 1,
      max: 5,
      integer: true,
      placeholder: "N",
      help: "coats",
      default: 2,
    },
    thinner: { type: "number", min: 0, max: 1, placeholder: "S", help: "share of thinner" },
    finish: { type: "choice", choices: ["matt", "gloss"], placeholder: "NAME", help: "finish" },
    colour: {
      type: "text",
      placeholder: "RGB",
      help: "colour",
      required: true,
      parse: parseColour,
    },
    brushSize: { type: "text", placeholder: "CM", help: "brushes", repeated: true },
    dryRun: { type: "flag", help: "do not paint" },
  },
  run: async ({ args, options }) => {
    expectTypeOf(args).toEqualTypeOf<{
      readonly wall: string;
      readonly others: readonly string[];
    }>();
    expectTypeOf(options.coats).toEqualTypeOf<number>();
    expectTypeOf(options.thinner).toEqualTypeOf<number | undefined>();
    expectTypeOf(options.finish).toEqualTypeOf<"matt" | "gloss" | undefined>();
    expectTypeOf(options.colour).toEqualTypeOf<number[]>();
    expectTypeOf(options.brushSize).toEqualTypeOf<readonly string[]>();
    expectTypeOf(options.dryRun).toEqualTypeOf<boolean>();
    if (args.wall === "wet") {
      throw new CliError("CONFLICT", { what: "It is wet.", why: "It rained.", fix: "Wait." });
    }
    if (args.wall === "bug") throw new TypeError("undefined is not a wall");
    const { json: _, help: __, ...given } = options;
    return { result: { ...args, ...given }, text: "Painted.", failed: args.wall === "crooked" };
  },
});

const ROWS: readonly CommandRow[] = [
  { name: "house paint", summary: "Paint a house", load: async () => PAINT },
  { name: "house sell", summary: "Sell a house", load: async () => PAINT },
];

function parseColour(text: string, label: string): number[] {
  const parts = text.split(",").map(Number);
  if (parts.length === 3) return parts;
  throw new CliError("OPTION_INVALID", { what: `${label} is not valid.`, why: text, fix: "R,G,B" });
}

const run = (line: string): Promise<Printed> =>
  runCommandLine(["house", "paint", ...line.split(" ")], ROWS);
const runJson = async (line: string) => JSON.parse((await run(`${line} --json`)).stdout ?? "");

describe("a declared command", () => {
  it("gives run typed values, defaults and lists", async () => {
    expect(await runJson("north --colour 1,2,3")).toEqual({
      wall: "north",
      others: [],
      coats: 2,
      colour: [1, 2, 3],
      brushSize: [],
      dryRun: false,
    });
    expect(
      await runJson(
        "north --colour=1,2,3 south --coats 5 --thinner 0.5 --finish gloss --brush-size 4 --brush-size 9 east --dry-run",
      ),
    ).toEqual({
      wall: "north",
      others: ["south", "east"],
      coats: 5,
      thinner: 0.5,
      finish: "gloss",
      colour: [1, 2, 3],
      brushSize: ["4", "9"],
      dryRun: true,
    });
  });

  it("takes words after -- as arguments, and values that begin with a dash after =", async () => {
    expect(await runJson("--colour=-1,2,3 --json -- --north")).toMatchObject({
      wall: "--north",
      colour: [-1, 2, 3],
    });
  });

  it.each([
    ["", "USAGE", "WALL"],
    ["north", "USAGE", "--colour RGB"],
    ["north --colour", "USAGE", "--colour"],
    ["north --colour --dry-run", "USAGE", "--colour"],
    ["north --colour 1,2", "OPTION_INVALID", "--colour"],
    ["north --colour 1,2,3 --coats 0", "OPTION_INVALID", "--coats"],
    ["north --colour 1,2,3 --coats 6", "OPTION_INVALID", "--coats"],
    ["north --colour 1,2,3 --coats 1.5", "OPTION_INVALID", "--coats"],
    ["north --colour 1,2,3 --coats=", "OPTION_INVALID", "--coats"],
    ["north --colour 1,2,3 --thinner=", "OPTION_INVALID", "--thinner"],
    ["north --colour 1,2,3 --thinner 1.01", "OPTION_INVALID", "--thinner"],
    ["north --colour 1,2,3 --finish glos", "OPTION_INVALID", "--finish"],
    ["north --colour 1,2,3 --dry-run=yes", "USAGE", "--dry-run"],
    ["north --colour 1,2,3 --dryRun", "USAGE", "--dryRun"],
    ["north --colour 1,2,3 -x", "USAGE", "-x"],
  ])("refuses %j with %s, naming %s", async (line, code, name) => {
    const words = line === "" ? [] : line.split(" ");
    const { status, stdout } = await runCommandLine(["house", "paint", ...words, "--json"], ROWS);
    const { error } = JSON.parse(stdout ?? "");
    expect({ status, code: error.code }).toEqual({ status: 2, code });
    expect(error.what).toContain(name);
  });

  it("accepts both ends of a range", async () => {
    for (const coats of [1, 5]) {
      expect(await runJson(`north --colour 1,2,3 --coats ${coats}`)).toMatchObject({ coats });
    }
  });

  it("repeats the wrong value in the message, with the range and the nearest choice", async () => {
    expect((await run("north --colour 1,2,3 --coats 9")).stderr).toMatch(/"9".* whole .* 1 to 5/);
    expect((await run("north --colour 1,2,3 --finish glos")).stderr).toMatch(/--finish gloss\?/);
  });

  it("gets a help with its arguments, ranges, choices and defaults", async () => {
    expect(
      (await run("--help")).stdout,
    ).toBe(`resnet-edge house paint WALL [OTHER ...] --colour RGB [options]

Paint a house.

Paint walls.

Arguments:
  WALL                    the first wall
  OTHER                   more walls

Options:
  --coats N               coats (1 to 5; default: 2)
  --thinner S             share of thinner (0 to 1)
  --finish NAME           finish (one of matt, gloss)
  --colour RGB            colour (required)
  --brush-size CM ...     brushes (can be repeated)
  --dry-run               do not paint
  --json                  print the result, or the error, as one line of JSON
  -h, --help              show this help`);
  });

  it("appears in the list of its noun, without being loaded", async () => {
    const load = () => expect.unreachable("It was loaded.");
    const rows = ROWS.map((row) => ({ ...row, load }));
    const { stdout } = await runCommandLine(["house", "--help"], rows);
    expect(stdout).toMatch(/house paint +Paint a house\n +house sell +Sell a house\n/);
  });
});

describe("the exit status", () => {
  it.each([
    ["a command succeeds", 0, "north"],
    ["a check fails", 1, "crooked"],
    ["a command fails", 1, "wet"],
    ["a command has a bug", 1, "bug"],
  ])("if %s is %i", async (_, status, wall) => {
    expect((await run(`${wall} --colour 1,2,3`)).status).toBe(status);
  });
});

describe("an error", () => {
  it("is printed in JSON with code, what, cause and fix", async () => {
    expect(await runJson("wet --colour 1,2,3")).toEqual({
      error: { code: "CONFLICT", what: "It is wet.", cause: "It rained.", fix: "Wait." },
    });
  });

  it("is printed on standard error in three parts without --json", async () => {
    const { stdout, stderr } = await run("wet --colour 1,2,3");
    expect(stdout).toBeUndefined();
    expect(stderr).toBe("error: It is wet.\ncause: It rained.\nfix:   Wait.");
  });

  it("gets the code COMMAND_FAILED if it is not a CliError", async () => {
    expect((await runJson("bug --colour 1,2,3")).error).toMatchObject({
      code: "COMMAND_FAILED",
      cause: "undefined is not a wall",
    });
  });
});
