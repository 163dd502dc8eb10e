import type { Command } from "commander";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";

/** Options that images have, beside those that functions have too. */
export interface ImageFlags {
  readonly builder?: string;
  readonly base?: string;
  readonly buildArg?: Readonly<Record<string, string>>;
  readonly platform?: string;
  readonly cache?: boolean;
  readonly key?: string;
  readonly tag?: readonly string[];
  readonly sbom?: boolean;
  readonly repository?: string;
  readonly branch?: string;
  readonly reason?: string;
  readonly approve?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Adds the options of what builds. */
export function withImageBuild(command: Command): Command {
  return command
    .option("--builder <name>", "image: buildx, podman or buildah (default: the first that works)")
    .option("--base <image>", "image: the Dockerfile's BASE_IMAGE, by its digest")
    .option("--build-arg <name=value>", "image: a further argument of the Dockerfile", argument)
    .option("--platform <platform>", "image: platform to build for (default: linux/amd64)")
    .option("--no-cache", "image: build every step anew with buildx too");
}

/** Adds the options of what publishes. */
export function withImagePublish(command: Command): Command {
  return withKey(command)
    .option("--tag <tag>", "image: a tag beside that of the commit", (tag, all: readonly string[] = []) => [
      ...all,
      tag,
    ])
    .option("--no-sbom", "image: do not list what is in it");
}

/** Adds the options of what pins. */
export function withImagePin(command: Command): Command {
  return withGit(withKey(command)).option(
    "--approve",
    "image: pin it also when a rollback holds the one before",
  );
}

/** Adds where Git is. */
export function withGit(command: Command): Command {
  return command
    .option(
      "--repository <url|folder>",
      "image: Git repository of the pins (default: as the stacks declare it)",
    )
    .option("--branch <name>", "image: branch of the pins (default: as the stacks declare it)");
}

function withKey(command: Command): Command {
  return command.option(
    "--key <file>",
    "image: key that signs, or whose signatures count (default: GROUNDPLAN_SIGNING_KEY, else the identities of cdktf.json)",
  );
}

function argument(
  text: string,
  all: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return { ...all, [name]: value ?? "" };
  throw new CliError(
    EXIT.USAGE,
    `--build-arg ${JSON.stringify(text)} is not <name>=<value>`,
    "e.g. APP_VERSION=1.2.3",
  );
}

/** Names of options that only images have, and that only functions have. */
const IMAGE_ONLY = [
  "builder",
  "base",
  "buildArg",
  "platform",
  "key",
  "tag",
  "repository",
  "branch",
  "reason",
  "approve",
  "kubeconfig",
  "context",
] as const;
const FUNCTION_ONLY = ["atOnce", "forwardOnly", "of"] as const;

/** @throws CliError for an option that a service of the other kind has. */
export function refuseOptions(kind: "lambda" | "image", options: object): void {
  const flags = options as Readonly<Record<string, unknown>>;
  const others: readonly string[] = kind === "lambda" ? IMAGE_ONLY : FUNCTION_ONLY;
  const given = others.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  const option = `--${given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new CliError(
    EXIT.USAGE,
    kind === "lambda"
      ? `${option} is of images, and this service is a function`
      : `${option} is of functions, and this service is an image`,
    `leave it out: ${page(kind === "lambda" ? "serverless" : "delivery")}`,
  );
}
