import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Draft } from "./draft";
import { type Node, nameOf, noPlaceIn, Source } from "./source";

/** The facts that a team sets once. */
export const PLATFORM = "platform.ts";

/** Where environments are registered. */
export const OVERLAYS = "overlays/index.ts";

/** Where stacks are registered. */
export const STACKS = "stacks/index.ts";

/** The Kustomize file that lists the apps. */
export const BASE = "overlays/base/kustomization.yaml";

export const WORKFLOWS = ".github/workflows";

/** What `platform.ts` says of the environments, and where. */
export interface PlatformFacts {
  readonly source: Source;
  readonly accounts: Node;
  readonly promotion: Node;

  /** Account of each environment that has its account written out. */
  readonly accountOf: ReadonlyMap<string, string>;

  /** Names of the environments in their order. */
  readonly names: readonly string[];
}

/** @throws CliError when the project is none that was made from Groundplan's repository. */
export function checkIsPlatform(root: string): void {
  const missing = [PLATFORM, OVERLAYS, STACKS].filter((path) => !existsSync(join(root, path)));
  if (missing.length === 0) return;
  throw new CliError(
    EXIT.USAGE,
    `this is not a Groundplan platform: there is no ${missing.join(", ")}`,
    `at ${root}`,
    "groundplan new writes into a platform that was made from Groundplan's repository; the other commands work in any CDKTF project",
  );
}

/** @throws CliError when the accounts or the promotion are not written out. */
export function readPlatform(draft: Draft): PlatformFacts {
  const source = new Source(PLATFORM, draft.read(PLATFORM));
  const value = (key: string, type: string) =>
    source
      .all("ObjectProperty")
      .find((node) => nameOf(node.key) === key && (node.value as Node).type === type)?.value as
      | Node
      | undefined;
  const accounts = value("accounts", "ObjectExpression");
  const promotion = value("promotion", "ArrayExpression");
  if (!accounts || !promotion) {
    throw noPlaceIn(
      PLATFORM,
      'accounts: { … } and promotion: ["…"] that are written out',
      'accounts: { …, qa: "111111111111" }\npromotion: ["dev", "qa", "prod"]',
    );
  }
  const accountOf = new Map(
    (accounts.properties as readonly Node[]).flatMap(({ key, value }): [string, string][] =>
      (value as Node | undefined)?.type === "StringLiteral" ? [[nameOf(key), nameOf(value)]] : [],
    ),
  );
  const names = (promotion.elements as readonly Node[]).map((element) => nameOf(element));
  return { source, accounts, promotion, accountOf, names };
}

/** Names of the environments in `promotion` that have a folder. */
export function environmentsOf(draft: Draft): readonly string[] {
  return readPlatform(draft).names.filter((name) => draft.has(overlayOf(name)));
}

/** The overlay of an environment. */
export function overlayOf(environment: string): string {
  return `overlays/${environment}/environment.ts`;
}

/** Jobs of the workflows by their ids, with the file that has them. */
export function jobsOf(draft: Draft): ReadonlyMap<string, string> {
  if (!existsSync(join(draft.root, WORKFLOWS))) return new Map();
  return new Map(
    readdirSync(join(draft.root, WORKFLOWS))
      .filter((name) => /\.ya?ml$/.test(name))
      .flatMap((name) => {
        const path = `${WORKFLOWS}/${name}`;
        return Object.keys(parse(draft.read(path))?.jobs ?? {}).map((id) => [id, path] as const);
      }),
  );
}
