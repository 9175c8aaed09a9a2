import { ExplainedError } from "../src/errors.ts";

/** The error codes of the command line, grouped by what a script would do about them. */
export const CLI_ERRORS = {
  // Exit status 2: run the same command again, and it fails again.
  USAGE: "A command or option is unknown, or an argument is missing, extra or contradictory.",
  OPTION_INVALID: "An option or argument has a value that it cannot have.",
  // Files on this machine.
  FILE_UNREADABLE: "A file or folder does not exist or cannot be read.",
  FILE_UNWRITABLE:
    "A file or folder cannot be written: the disk is full, or permissions are missing.",
  FILE_INVALID: "A file can be read, but is not in the expected format.",
  MANIFEST_INVALID: "A manifest.json is not JSON or does not follow models/manifest.schema.json.",
  IMAGE_UNREADABLE: "An image cannot be decoded.",
  IMAGES_MISSING: "A folder contains no images that can be used.",
  DATASET_INVALID: "Photos for training have mistakes that would spoil the result.",
  INTERRUPTED: "Training was stopped with Ctrl-C. Continue with train resume.",
  // Networks and where they come from.
  NETWORK_UNKNOWN: "The catalogue has no network of this name.",
  DOWNLOAD_FAILED: "A host refused a download or could not be reached. Retrying may help.",
  HASH_MISMATCH: "A file does not have the expected SHA-256 or size.",
  HASH_MISSING: "Neither the user nor the host states a SHA-256 to verify a download with.",
  CLASSES_MISMATCH: "A network does not have the classes that were given for it.",
  MODEL_UNUSABLE: "A model cannot be loaded and run as its manifest describes it.",
  MODEL_TOO_LARGE: "A Worker has no memory for the model, even with no other model loaded.",
  // Published versions and aliases.
  VERSION_MISSING: "The bucket does not have this version.",
  VERSION_UNUSABLE: "The bucket has this version, but it is damaged or cannot be run.",
  VERSION_PUBLISHED: "The bucket already has files of this version with different content.",
  VERSION_REMOVED: "This version was removed, and a removed version is never used again.",
  VERSION_IN_USE: "An alias still points to this version, or runs it as its shadow.",
  ALIAS_UNKNOWN: "There is no alias of this name.",
  ALIAS_REQUIRED: "The alias answers callers who name no model, and cannot be deleted.",
  ALIAS_UNCHANGED: "The alias already points to this.",
  ROLLBACK_IMPOSSIBLE: "The history has nothing that the alias can go back to.",
  SHADOW_MISSING: "The alias has no shadow, and no split to compare.",
  CONFLICT: "Someone else changed the same object at the same time; nothing was changed.",
  // Services.
  CREDENTIALS_MISSING: "An environment variable with credentials is not set.",
  BUCKET_UNREACHABLE: "The bucket could not be reached. Retrying may help.",
  BUCKET_MISCONFIGURED: "The bucket does not exist, is not configured, or refuses the credentials.",
  BUCKET_DAMAGED: "aliases.json or purges.json in the bucket is not valid.",
  ANALYTICS_FAILED: "Analytics Engine could not be queried.",
  COMMAND_FAILED: "Anything else: a problem of this machine, or a bug.",
} as const satisfies Readonly<Record<string, string>>;

/** A code that scripts can rely on. */
export type CliErrorCode = keyof typeof CLI_ERRORS;

/** An error of the command line, in three parts. */
export class CliError extends ExplainedError<CliErrorCode> {}
