import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import type { ResolvedConfig } from "./config/resolve";

/** A source of which databases are copied, as `preview-shared` publishes it. */
export interface DataSource {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly secretArn: string;
  readonly securityGroupId?: string;
  readonly production: boolean;
  readonly masked: boolean;
  readonly keep: readonly string[];
  readonly mask: readonly string[];
}

/** What the previews' app is given: `previews/input.ts` has its schema, published as `cli/preview-input.schema.json`. */
export interface PreviewInput {
  readonly format: "groundplan-preview-input";
  readonly version: 1;
  readonly name: string;
  readonly template: string;
  readonly owner: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly commit?: string;
  readonly image: string;
  readonly ttl: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly network: "shared" | "own";
  readonly database: "none" | "shared" | "own";

  /** What a new database begins with: a dump of the repository, or a copy of a source. */
  readonly data?: { readonly seed: string } | { readonly copy: DataSource & { readonly name: string } };
  readonly config: Readonly<Record<string, unknown>>;
  readonly platform: {
    readonly name: string;
    readonly environment: string;
    readonly account: string;
    readonly region: string;
    readonly domain: string;
    readonly zoneId: string;
    readonly certificateArn?: string;
    readonly costCenter?: string;
  };
}

/** Everything of a preview that does not come from its configuration. */
export interface InputProps
  extends Omit<PreviewInput, "format" | "version" | "template" | "network" | "database" | "data" | "config"> {
  readonly config: ResolvedConfig;

  /** Sources that the platform has, by their names. */
  readonly sources?: Readonly<Record<string, string>>;
}

/** The document from which a preview is made. */
export function inputOf({ config, owner, sources = {}, ...props }: InputProps): PreviewInput {
  const {
    template,
    image: _,
    ttl: __,
    network,
    database,
    dockerfile: ___,
    build_context: ____,
    sleep: _____,
    seed,
    copy,
    ...rest
  } = config;
  const data =
    copy !== undefined ? { copy: sourceNamed(copy, sources) } : seed !== undefined ? { seed } : undefined;
  return {
    format: "groundplan-preview-input",
    version: 1,
    ...props,
    owner: checkOwner(owner),
    template,
    network,
    database,
    ...(data === undefined || database === "none" ? {} : { data }),
    config: rest,
  };
}

/** What a tag of AWS takes, of Latin letters, as the previews' app does. */
const OWNER = /^[A-Za-z0-9\u00c0-\u024f _.:/=+@-]{1,200}$/;

/** @throws CliError for an owner that cannot be a tag. */
export function checkOwner(owner: string): string {
  if (OWNER.test(owner)) return owner;
  throw new CliError(
    EXIT.USAGE,
    `invalid owner ${JSON.stringify(owner.slice(0, 100))}`,
    "use letters, digits, spaces and _ . : / = + @ -, as a tag of AWS takes them, e.g. ana@example.com",
  );
}

/** @throws CliError for an image that is none. */
export function checkImage(image: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_./:@-]{0,499}$/.test(image)) return image;
  throw new CliError(
    EXIT.USAGE,
    `invalid image ${JSON.stringify(image.slice(0, 100))}`,
    "use a reference, e.g. nginx:alpine or 123456789012.dkr.ecr.us-east-1.amazonaws.com/acme-previews:x",
  );
}

const text = { type: "string" };
const texts = { type: "array", items: text };
const asSource = schemaCheck<DataSource>({
  type: "object",
  required: ["host", "port", "database", "secretArn", "production", "masked", "keep", "mask"],
  properties: {
    ...{ host: text, database: text, secretArn: text, securityGroupId: text, keep: texts, mask: texts },
    port: { type: "integer" },
    production: { type: "boolean" },
    masked: { type: "boolean" },
  },
});

/** @throws CliError for a source that the platform has not, and for production as it is. */
function sourceNamed(
  name: string,
  sources: Readonly<Record<string, string>>,
): DataSource & { readonly name: string } {
  const said = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (said === undefined) {
    const known = Object.keys(sources);
    throw new CliError(
      EXIT.USAGE,
      `copy is ${JSON.stringify(name.slice(0, 40))}, and the platform has no such source`,
      known.length === 0
        ? "it has none: see previews.sources of its overlay, or write seed"
        : `write one of ${known.join(", ")}`,
    );
  }
  const source = parsedSource(name, said);
  if (!source.production || source.masked) return { name, ...source };
  throw new CliError(
    EXIT.FAILED,
    `source ${name} is production and is not masked: nothing of it is copied`,
    "leave masked out of previews.sources of the platform's overlay, and deploy preview-shared",
  );
}

function parsedSource(name: string, said: string): DataSource {
  try {
    return asSource(parseJson(said));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.FAILED,
      `source ${name} cannot be read: ${error.message}`,
      "deploy preview-shared again",
    );
  }
}
