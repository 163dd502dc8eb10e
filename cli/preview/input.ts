import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { ResolvedConfig } from "./config/resolve";

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
  extends Omit<PreviewInput, "format" | "version" | "template" | "network" | "database" | "config"> {
  readonly config: ResolvedConfig;
}

/** The document from which a preview is made. */
export function inputOf({ config, owner, ...props }: InputProps): PreviewInput {
  const {
    template,
    image: _,
    ttl: __,
    network,
    database,
    dockerfile: ___,
    build_context: ____,
    sleep: _____,
    ...rest
  } = config;
  return {
    format: "groundplan-preview-input",
    version: 1,
    ...props,
    owner: checkOwner(owner),
    template,
    network,
    database,
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
