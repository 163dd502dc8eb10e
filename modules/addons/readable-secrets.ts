import type { Fault } from "../core/errors";
import type { ChartAddon } from "./chart-addon";
import type { ChartRow } from "./settings";

/** What an add-on may read for the pods of a cluster. */
export interface ReadableSecrets {
  /** Names of secrets in Secrets Manager, or what they begin with, ended by `*`: `groundplan/dev/*`. @default [] */
  readonly secrets?: readonly string[];

  /** Paths of parameters in SSM, or what they begin with, ended by `/*`: `/groundplan/dev/apps/*`. @default [] */
  readonly parameters?: readonly string[];

  /** ARNs of the KMS keys that encrypt them, where AWS's own do not. @default [] */
  readonly keys?: readonly string[];
}

/** An add-on that reads secrets, and is installed where there are any that it may read. */
export function readableSecrets(addon: ChartAddon<ReadableSecrets>): ChartRow<ReadableSecrets> {
  return {
    addons: [addon],
    enabled: (value) =>
      names(value).length === 0 ? [] : [{ addon, install: (cluster) => addon.install(cluster, value) }],
    faults: (key, value) => faultsOf(key, value),
  };
}

function names({ secrets = [], parameters = [] }: ReadableSecrets): readonly string[] {
  return [...secrets, ...parameters];
}

/** A name with a part before its asterisk: everything of the account is not somebody's. */
const SECRET = /^[\w+=.@-][\w/+=.@-]{2,}\*?$/;
const PARAMETER = /^\/[\w.-]+(?:\/[\w.-]+)*(?:\/\*)?$/;
const KEY = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

function faultsOf(key: string, value: ReadableSecrets): readonly Fault[] {
  const { secrets = [], parameters = [], keys = [] } = value;
  const wrong = (list: string, all: readonly string[], form: RegExp, problem: string, instead: string) =>
    all
      .filter((one) => !form.test(one) && !one.includes("${"))
      .map((one) => ({ what: `${key}.${list} has ${JSON.stringify(one)}: ${problem}`, instead }));
  const faults = [
    ...wrong(
      "secrets",
      secrets,
      SECRET,
      "not a secret's name, nor three characters or more that names begin with",
      'use e.g. "groundplan/dev/*"',
    ),
    ...wrong(
      "parameters",
      parameters,
      PARAMETER,
      "not a parameter's path, nor one that paths begin with",
      'use e.g. "/groundplan/dev/apps/*"',
    ),
    ...wrong(
      "keys",
      keys,
      KEY,
      "not the ARN of a KMS key",
      'use e.g. "arn:aws:kms:us-east-1:123456789012:key/…"',
    ),
  ];
  if (keys.length > 0 && names(value).length === 0) {
    faults.push({
      what: `${key}.keys is for nothing: no secret or parameter is named`,
      instead: "name those that the keys encrypt, or leave keys out",
    });
  }
  return faults;
}
