import type { OverlayFaults } from "../overlay-faults";

/** A PostgreSQL database of which previews get a copy, reached from the network of the previews. */
export interface PreviewSource {
  /** Address of the server. */
  readonly host: string;

  /**
   * Port of the server.
   *
   * @default 5432
   */
  readonly port?: number;

  /** Name of the database. */
  readonly database: string;

  /** Secret with `username` and `password` of a role that reads all of it, in the account and Region of the previews. */
  readonly secretArn: string;

  /**
   * Security group of the server, which lets in the previews that copy it.
   *
   * @default - it lets them in already
   */
  readonly securityGroupId?: string;

  /** Whether real users' data lies in it: such a source is never copied unmasked. */
  readonly production: boolean;

  /**
   * Whether what may tell of a person is replaced: every text, document, address, date, array and whatever is no number, truth,
   * moment, id or enumeration.
   *
   * @default true
   */
  readonly masked?: boolean;

  /**
   * Columns that are copied as they are although their type is masked, e.g. `countries.name`.
   *
   * @default - none
   */
  readonly keep?: readonly string[];

  /**
   * Columns that are masked although their type is not, e.g. `customers.phone_number`.
   *
   * @default - none
   */
  readonly mask?: readonly string[];
}

/** Sources by the names that `copy` of `.idp/config.yml` takes. */
export type PreviewSources = Readonly<Record<string, PreviewSource>>;

/** Names by which people call what real users have. */
const REAL = /(?:^|[^a-z])(?:prod|production|live)(?:[^a-z]|$)/i;

const COLUMN = /^[^.]{1,63}\.(?:[^.]{1,63}\.)?[^.]{1,63}$/;

/** Characters that all sources may take: the parameter by which previews know them holds 4,096 in all. */
const MOST_CHARACTERS = 2_000;

/** Reports what is wrong with the sources of an overlay. */
export function checkSources(faults: OverlayFaults, sources: PreviewSources): void {
  const characters = JSON.stringify(sources).length;
  if (characters > MOST_CHARACTERS) {
    const problem = `they take ${characters} characters, and ${MOST_CHARACTERS} at most`;
    faults.add("previews.sources", Object.keys(sources), problem, "keep and mask fewer columns");
  }
  for (const [name, source] of Object.entries(sources)) {
    const at = (key: string) => `previews.sources.${name}.${key}`;
    if (!/^[a-z](?:-?[a-z0-9])*$/.test(name) || name.length > 40) {
      faults.add("previews.sources", name, "not the name of a source", 'use e.g. "staging"');
    }
    if (!/^[A-Za-z0-9.-]{1,253}$/.test(source.host)) {
      faults.add(at("host"), source.host, "not a DNS name", 'use e.g. "db.staging.example.com"');
    }
    if (!/^[A-Za-z0-9_-]{1,63}$/.test(source.database)) {
      faults.add(at("database"), source.database, "not the name of a database", 'use e.g. "app"');
    }
    faults.wholeNumber(at("port"), source.port ?? 5432, 1, 65_535, 5432);
    if (!/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/.test(source.secretArn)) {
      const valid = 'use e.g. "arn:aws:secretsmanager:us-east-1:123456789012:secret:staging-AbCdEf"';
      faults.add(at("secretArn"), source.secretArn, "not the ARN of a secret", valid);
    }
    if (source.securityGroupId !== undefined && !/^sg-[0-9a-z]+$/.test(source.securityGroupId)) {
      faults.add(
        at("securityGroupId"),
        source.securityGroupId,
        "not the id of a security group",
        'use e.g. "sg-0123456789abcdef0"',
      );
    }
    checkMask(faults, at, name, source);
  }
}

function checkMask(
  faults: OverlayFaults,
  at: (key: string) => string,
  name: string,
  { host, database, secretArn, production, masked = true, keep = [], mask = [] }: PreviewSource,
): void {
  const looksReal = [name, host, database, secretArn].some((text) => REAL.test(text));
  if (looksReal && !production) {
    const problem = "the source is called production";
    faults.add(at("production"), production, problem, "write true, or give it another name");
  }
  if (production && !masked) {
    const problem = "production is never copied as it is";
    faults.add(at("masked"), masked, problem, "leave it out, and name in keep what tells of nobody");
  }
  for (const [key, columns] of Object.entries({ keep, mask })) {
    faults.distinct(at(key), columns);
    for (const column of columns) {
      if (COLUMN.test(column)) continue;
      faults.add(at(key), column, "not a column", 'use e.g. "countries.name", or "geo.countries.name"');
    }
  }
  for (const column of keep.filter((one) => mask.includes(one))) {
    faults.add(at("keep"), column, "masked and kept", "take it out of one of the two");
  }
}
