import * as z from "zod";
import { manifestV2Schema } from "../src/models/manifest.ts";

/** The manifest's schema as JSON Schema (draft 2020-12), for editors and other languages. */
export function manifestJsonSchema(): object {
  return {
    title: "Manifest of a resnet-edge model, version 2",
    ...z.toJSONSchema(manifestV2Schema),
  };
}
