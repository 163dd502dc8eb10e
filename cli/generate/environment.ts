import { existsSync } from "node:fs";
import { BlockList } from "node:net";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Draft } from "./draft";
import type { Generated } from "./generated";
import { camelCase, checkName, keyOf, nameTaken } from "./names";
import { jobsOf, OVERLAYS, overlayOf, PLATFORM, type PlatformFacts, readPlatform } from "./platform";
import { type Node, nameOf, noPlaceIn, property, Source } from "./source";

/** What may be said of a new environment. */
export interface EnvironmentOptions {
  /** Environment whose folder is copied. @default - {@link after} */
  readonly like?: string;

  /** Environment after which a change moves through it. @default - the last but one: the new one comes before the last */
  readonly after?: string;

  /** @default - that of {@link like} */
  readonly account?: string;

  /** @default - a /16 of 10.0.0.0/8 that no environment overlaps */
  readonly cidr?: string;

  /** @default - that of {@link like} */
  readonly region?: string;
}

/** Writes an environment as docs/environments.md says: the folder of another, its account, its place in the promotion. */
export function newEnvironment(draft: Draft, name: string, options: EnvironmentOptions): Generated {
  checkName("environment", name);
  const platform = readPlatform(draft);
  if (platform.names.includes(name) || property(platform.accounts, name))
    throw nameTaken("environment", name, PLATFORM);
  if (existsSync(join(draft.root, "overlays", name)))
    throw nameTaken("environment", name, `overlays/${name}`);
  const workflow = jobsOf(draft).get(name);
  if (workflow !== undefined) {
    throw new CliError(
      EXIT.USAGE,
      `invalid environment name "${name}": ${workflow} has a job of that name, and each environment gets a job there`,
      "use another name",
    );
  }
  const after = options.after ?? platform.names.at(-2) ?? platform.names.at(-1) ?? "";
  const like = options.like ?? after;
  for (const [option, environment] of [
    ["--after", after],
    ["--like", like],
  ] as const)
    checkIsThere(platform, option, environment);
  const account = options.account ?? platform.accountOf.get(like);
  if (account === undefined || !/^\d{12}$/.test(account)) {
    const what =
      account === undefined
        ? `the account of ${like} is not written out in ${PLATFORM}`
        : `invalid account "${account}"`;
    throw new CliError(EXIT.USAGE, what, "give the 12 digits of an AWS account, e.g. --account 123456789012");
  }
  if (options.region !== undefined && !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(options.region))
    throw new CliError(EXIT.USAGE, `invalid Region "${options.region}"`, "use e.g. us-east-1");
  const cidr = options.cidr ?? freeRange(rangesOf(draft, platform));
  checkRange(cidr, rangesOf(draft, platform));

  const constant = copyOverlay(draft, { name, like, cidr, region: options.region });
  register(draft, { name, constant, after, like });
  addToPlatform(draft, platform, { name, after, account });
  const lines = leftovers(draft, name, like);
  return {
    title: `Environment ${name}: like ${like}, after ${after}, account ${account}, ${cidr}`,
    notes: [
      ...(lines.length === 0
        ? []
        : [`look through what it has from ${like}: ${overlayOf(name)}:${lines.join(", ")}`]),
      "a role for its workflows: make the GitHub environment, and its variables",
    ],
    next: [
      ...([...platform.accountOf.values()].includes(account)
        ? []
        : [`AWS_PROFILE=<of ${account}> npx groundplan bootstrap --stack state-${account}`]),
      `npx groundplan plan '${name}-*'`,
    ],
  };
}

function checkIsThere({ names }: PlatformFacts, option: string, name: string): void {
  if (names.includes(name)) return;
  throw new CliError(
    EXIT.USAGE,
    `${option} ${JSON.stringify(name)}: there is no such environment`,
    `use one of ${names.join(", ")}`,
  );
}

/** Ranges of the environments whose overlay has it written out. */
function rangesOf(draft: Draft, { names }: PlatformFacts): ReadonlyMap<string, string> {
  return new Map(
    names.flatMap((name): [string, string][] => {
      if (!draft.has(overlayOf(name))) return [];
      const source = new Source(overlayOf(name), draft.read(overlayOf(name)));
      const found = source.all("ObjectProperty").find(({ key }) => nameOf(key) === "cidr")?.value as
        | Node
        | undefined;
      return found?.type === "StringLiteral" ? [[name, nameOf(found)]] : [];
    }),
  );
}

function checkRange(cidr: string, ranges: ReadonlyMap<string, string>): void {
  const [, address = "", prefix = ""] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{2})$/.exec(cidr) ?? [];
  if (!isRange(address, Number(prefix))) {
    throw new CliError(
      EXIT.USAGE,
      `invalid range "${cidr}": use a /16 to /24 that begins at its first address`,
      `e.g. --cidr ${freeRange(ranges)}`,
    );
  }
  for (const [name, range] of ranges) {
    if (overlaps(cidr, range)) {
      throw new CliError(
        EXIT.USAGE,
        `--cidr ${cidr} overlaps ${range} of ${name}`,
        `use e.g. ${freeRange(ranges)}`,
      );
    }
  }
}

function isRange(address: string, prefix: number): boolean {
  const octets = address.split(".").map(Number);
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return (
    prefix >= 16 && prefix <= 24 && octets.every((octet) => octet <= 255) && number % 2 ** (32 - prefix) === 0
  );
}

function overlaps(one: string, other: string): boolean {
  const contains = (range: string, inner: string) => {
    const [network = "", prefix = ""] = range.split("/");
    const list = new BlockList();
    list.addSubnet(network, Number(prefix));
    return list.check(inner.split("/")[0] ?? "");
  };
  return contains(one, other) || contains(other, one);
}

function freeRange(ranges: ReadonlyMap<string, string>): string {
  const candidates = Array.from({ length: 256 }, (_, second) => `10.${second}.0.0/16`);
  return (
    candidates.find((one) => ![...ranges.values()].some((range) => overlaps(one, range))) ?? "172.16.0.0/16"
  );
}

/** Copies the folder of an environment. @returns the constant that the overlay exports. */
function copyOverlay(
  draft: Draft,
  { name, like, cidr, region }: { name: string; like: string; cidr: string; region: string | undefined },
): string {
  const constant = camelCase(name);
  for (const file of draft.files(`overlays/${like}`)) {
    const text = draft.read(`overlays/${like}/${file}`);
    draft.create(`overlays/${name}/${file}`, file === "environment.ts" ? overlay(text) : text);
  }
  return constant;

  function overlay(text: string): string {
    const source = new Source(overlayOf(like), text);
    const call = source.all("CallExpression").find(({ callee }) => nameOf(callee) === "defineEnvironment");
    const [object] = (call?.arguments as readonly Node[] | undefined) ?? [];
    const declarator = source.all("VariableDeclarator").find(({ init }) => init === call);
    const network = object && property(object, "network");
    const [nameNode, accountNode, cidrNode] = [
      object && property(object, "name"),
      object && property(object, "account"),
      network && property(network, "cidr"),
    ];
    if (!call || !object || !declarator || !network || !nameNode || !accountNode || !cidrNode) {
      throw noPlaceIn(
        overlayOf(like),
        "export const … = defineEnvironment({ name, account, network: { cidr } }) that is written out",
        `a folder overlays/${name} of your own`,
      );
    }
    source.replace(declarator.id as Node, constant);
    source.replace(nameNode, JSON.stringify(name));
    const account = keyOf(name) === name ? `platform.accounts.${name}` : `platform.accounts[${keyOf(name)}]`;
    source.replace(accountNode, account);
    if (!source.importedNames().includes("platform")) source.addImport("platform", "../../platform");
    source.replace(cidrNode, JSON.stringify(cidr));
    const addresses = property(network, "natAllocationIds");
    // The other environment's gateways have them.
    if (addresses) source.replace(addresses, "{}");
    const statement = source
      .all("ExportNamedDeclaration")
      .find(({ declaration }) =>
        ((declaration as Node | null)?.declarations as readonly Node[] | undefined)?.includes(declarator),
      );
    const comment = (statement?.leadingComments as readonly Node[] | undefined)?.at(-1);
    if (comment) source.replace(comment, `/** Made like ${like}, and its own since. */`);
    if (region !== undefined) setRegion(source, object, network, region);
    return source.text;
  }
}

/** Another Region has other zones. */
function setRegion(source: Source, object: Node, network: Node, region: string): void {
  const set = (within: Node, key: string, value: unknown) => {
    const before = property(within, key);
    const text = JSON.stringify(value);
    if (before) source.replace(before, text);
    else source.addTo(within, `${key}: ${text}`, undefined);
  };
  set(object, "region", region);
  const zones = ["a", "b", "c"].map((zone) => `${region}${zone}`);
  set(network, "availabilityZones", zones);
  const cluster = property(object, "cluster");
  if (cluster) set(cluster, "zones", zones);
  else set(object, "cluster", { zones });
  if (property(network, "natZone")) set(network, "natZone", `${region}a`);
}

function register(
  draft: Draft,
  { name, constant, after, like }: { name: string; constant: string; after: string; like: string },
): void {
  const source = new Source(OVERLAYS, draft.read(OVERLAYS));
  const from = `./${name}/environment`;
  const call = source.all("CallExpression").find(({ callee }) => nameOf(callee) === "inPromotionOrder");
  const list = (call?.arguments as readonly Node[] | undefined)?.find(
    ({ type }) => type === "ArrayExpression",
  );
  if (!list) {
    throw noPlaceIn(
      OVERLAYS,
      "list of environments, inPromotionOrder(platform.promotion, [ … ])",
      `import { ${constant} } from "${from}";\n${constant}, in the list of environments`,
    );
  }
  if (source.importedNames().includes(constant)) throw nameTaken("environment", constant, OVERLAYS);
  const elements = list.elements as readonly Node[];
  const place = [after, like].map((each) => elements.find((element) => nameOf(element) === camelCase(each)));
  source.addTo(list, constant, place.find(Boolean) ?? elements.at(-1));
  source.addImport(constant, from);
  draft.change(OVERLAYS, source.text);
}

function addToPlatform(
  draft: Draft,
  { source, accounts, promotion }: PlatformFacts,
  { name, after, account }: { name: string; after: string; account: string },
): void {
  const properties = accounts.properties as readonly Node[];
  const before = properties.find(({ key }) => nameOf(key) === after) ?? properties.at(-1);
  source.addTo(accounts, `${keyOf(name)}: ${JSON.stringify(account)}`, before);
  const elements = promotion.elements as readonly Node[];
  source.addTo(
    promotion,
    JSON.stringify(name),
    elements.find((element) => nameOf(element) === after),
  );
  draft.change(PLATFORM, source.text);
}

/** Lines of the new overlay that name the old one, or a resource by its ARN. */
function leftovers(draft: Draft, name: string, like: string): readonly number[] {
  const names = new RegExp(`\\barn:aws|["'\`/.-]${like}\\b`);
  return draft
    .read(overlayOf(name))
    .split("\n")
    .flatMap((line, index) => (names.test(line) ? [index + 1] : []));
}
