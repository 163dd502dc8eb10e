import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { parameterName } from "../core/contract";
import { SynthError } from "../core/errors";
import type { Place } from "../core/place";
import type { PinSource } from "./deployable";
import { serviceNameFaults } from "./names";

/**
 * Name of the SSM parameter that says which artifact of a service an environment runs:
 * `/<platform>/<environment>/<service>/artifact`.
 */
export function pinParameterName(place: Place, service: string): string {
  return `${parameterName(place, service)}/artifact`;
}

/**
 * Which artifact a function runs, as tokens: `groundplan artifact` writes them, a plan reads them.
 *
 * So new code is a new value of one parameter, and no source file changes.
 */
export interface ArtifactPin {
  /** Bucket of the artifact. */
  readonly bucket: string;

  /** Key of the artifact in its bucket. */
  readonly key: string;

  /** Version of the object. */
  readonly versionId: string;

  /** SHA-256 of the zip in Base64, as Lambda reports it. */
  readonly sourceCodeHash: string;

  /** SHA-256 of the zip in hexadecimal digits: what `groundplan artifact list` shows. */
  readonly sha256: string;

  /** Commit that it was built from; `unknown` outside a repository. */
  readonly commit: string;

  /** The function's version that keeps the traffic, or most of it, while this artifact is tried; empty when none does. */
  readonly stableVersion: string;

  /** Share of the traffic that this artifact gets beside {@link stableVersion}, 0.01 to 0.99; 0 when it gets all. */
  readonly weight: number;

  /**
   * Where it is pinned: the function that runs it declares itself with this as deployable.
   *
   * @default - none: `groundplan artifact` moves no pin that is written by hand
   */
  readonly source?: PinSource;
}

/** What else is known of a pin. */
export interface ArtifactPinOptions {
  /**
   * Environment whose artifacts are promoted into this one.
   *
   * @default - none: it is the first
   */
  readonly promotedFrom?: string | undefined;
}

/**
 * Reads the pin of a service. Planning fails while there is none: `groundplan artifact deploy` writes it.
 *
 * @throws SynthError when the service's name is none.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
export function artifactPin(
  scope: Construct,
  place: Place,
  service: string,
  { promotedFrom }: ArtifactPinOptions = {},
): ArtifactPin {
  const faults = serviceNameFaults(service);
  if (faults.length > 0) throw new SynthError(scope, faults);
  const pin = pinParameterName(place, service);
  const data = parameterOf(scope, pin, `artifact-${place.environment}-${service}`);
  const document = Fn.jsondecode(data.insecureValue);
  const field = (name: string) => Token.asString(Fn.lookupNested(document, [name]));
  return {
    bucket: field("bucket"),
    key: field("key"),
    versionId: field("versionId"),
    sourceCodeHash: field("sourceCodeHash"),
    sha256: field("sha256"),
    commit: field("commit"),
    stableVersion: field("stableVersion"),
    weight: Token.asNumber(Fn.lookupNested(document, ["weight"])),
    source: {
      environment: place.environment,
      service,
      pin,
      contract: parameterName(place, service),
      ...(promotedFrom === undefined ? {} : { promotedFrom }),
    },
  };
}

/**
 * The data source of a parameter: one for each in a scope. The first keeps the id that it had when there could be
 * only one; which that is may change, for no state holds what a data source is called.
 */
function parameterOf(scope: Construct, name: string, id: string): DataAwsSsmParameter {
  const made = scope.node.children.filter((child) => child instanceof DataAwsSsmParameter);
  const same = made.find((one) => one.nameInput === name);
  const isTaken = scope.node.tryFindChild("artifact") !== undefined;
  return same ?? new DataAwsSsmParameter(scope, isTaken ? id : "artifact", { name });
}
