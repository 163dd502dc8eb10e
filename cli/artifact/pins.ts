import { isDeepStrictEqual } from "node:util";
import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Artifact } from "./index-object";
import { type Pin, parsePin, pinned, pinOfParameter, rolledBack, type Split } from "./pin";
import type { ArtifactStore } from "./store";
import type { Target } from "./target";

/** A pin as it was read, with the version of its parameter. */
export interface ReadPin {
  readonly pin: Pin;
  readonly version: number;
}

/** Where a pin is: what of a {@link Target} is asked. */
export type PinPlace = Pick<Target, "parameter" | "region" | "environment" | "service">;

/**
 * The pins of one environment. Nothing is pinned that is not in the bucket: that is asked before the pin is
 * written, and once more after it, for somebody may have deleted it between, or be about to.
 *
 * SSM writes without a condition. So of two that pin at once, the later one notices by the version of what it
 * wrote, puts back what the other has pinned, and fails. Between the two writes, a plan of the other reads the
 * wrong pin; that is found after its apply, since what runs is compared.
 */
export class Pins {
  private readonly ssm: SSMClient;

  constructor(
    private readonly store: ArtifactStore,
    private readonly place: PinPlace,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.ssm = new SSMClient({ region: place.region });
  }

  /** The pin; undefined while there is none. @throws CliError when the parameter holds something else. */
  async read(): Promise<ReadPin | undefined> {
    const { parameter, region } = this.place;
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: parameter }));
      const pin = pinOfParameter(Parameter?.Value ?? "", parameter, region);
      return { pin, version: Parameter?.Version ?? 0 };
    } catch (error) {
      if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
      throw unreachable(error);
    }
  }

  /**
   * The different artifacts that were pinned last, up to three, the last of them first: those before the pin may be
   * put back by whoever wrote over them.
   */
  async lastPinned({ pin, version }: ReadPin): Promise<readonly Pin[]> {
    const found = [pin];
    for (let at = version - 1; at >= Math.max(1, version - 9) && found.length < 3; at -= 1) {
      const before = await this.at(at);
      if (before && !found.some(({ versionId }) => versionId === before.versionId)) found.push(before);
    }
    return found;
  }

  /**
   * Pins an artifact.
   *
   * @param over - what is to be pinned over; by default whatever there is.
   * @throws CliError when its object is not there, or something else is pinned.
   */
  async pin(artifact: Artifact, split?: Split, over?: Pinned): Promise<Pinned> {
    const last = await this.readOver(over);
    return this.write(
      artifact,
      last,
      pinned(this.store.location.bucket, artifact, last?.pin, this.now(), split),
    );
  }

  /** Pins an artifact that ran before. */
  async rollBack(artifact: Artifact, over?: Pinned): Promise<Pinned> {
    const last = await this.readOver(over);
    if (!last) throw this.nothing();
    return this.write(artifact, last, rolledBack(this.store.location.bucket, artifact, last.pin, this.now()));
  }

  /** An environment without a pin runs nothing. */
  nothing(): CliError {
    const { environment, service } = this.place;
    return new CliError(
      EXIT.USAGE,
      `nothing of ${service} is pinned in ${environment}`,
      `deploy it: npx groundplan artifact deploy ${environment}`,
    );
  }

  private async readOver(over: Pinned | undefined): Promise<ReadPin | undefined> {
    const last = await this.read();
    if (over && last?.version !== over.version) throw this.overtaken();
    return last;
  }

  private async write(artifact: Artifact, last: ReadPin | undefined, next: Pin): Promise<Pinned> {
    if (!(await this.isKept(artifact))) throw this.gone(artifact);
    const version = await this.put(next, last?.version);
    const theirs = last && (await this.pinnedBetween(last.version, version, next));
    if (theirs) throw await this.yielded(version, theirs);
    const undo = () => this.putBack(version, last);
    const isKept = await this.isKept(artifact).catch(async (error: unknown) => {
      // Nobody knows whether it is there, so it is not what stays pinned.
      await undo().catch(() => undefined);
      throw error;
    });
    if (isKept) return { version, undo };
    const left = await undo();
    throw this.gone(artifact, left);
  }

  private isKept(artifact: Pick<Artifact, "key" | "versionId" | "sourceCodeHash">): Promise<boolean> {
    return this.store.isKept(this.place.service, artifact);
  }

  /** @returns why not; undefined when what was pinned before is pinned again. */
  private async putBack(version: number, last: ReadPin | undefined): Promise<string | undefined> {
    // Only our own: what somebody else has pinned since is theirs.
    if ((await this.read())?.version !== version) return "another run has pinned since, and its pin stays";
    if (!last) await this.remove();
    else if (await this.isKept(last.pin)) await this.put(last.pin, version);
    else return `what was pinned before is gone: ${last.pin.sha256.slice(0, 12)}`;
    return undefined;
  }

  /** @param over - version of the parameter that is written over; undefined when there is none. */
  private async put(pin: Pin, over: number | undefined): Promise<number> {
    const { parameter, environment, service } = this.place;
    const put = new PutParameterCommand({
      Name: parameter,
      Description: `Artifact that ${service} runs in ${environment}; written by groundplan artifact`,
      Type: "String",
      Value: JSON.stringify(pin),
      Overwrite: over !== undefined,
    });
    try {
      return (await this.ssm.send(put)).Version ?? 0;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ParameterAlreadyExists") throw unreachable(error);
    }
    // Where an answer is lost, the SDK asks again: what is there may be our own.
    const there = await this.read();
    if (there && isDeepStrictEqual(there.pin, pin)) return there.version;
    throw this.overtaken();
  }

  private async remove(): Promise<void> {
    try {
      await this.ssm.send(new DeleteParameterCommand({ Name: this.place.parameter }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ParameterNotFound") throw unreachable(error);
    }
  }

  /** The last pin between two versions that is not ours, which is there twice when an answer was lost. */
  private async pinnedBetween(from: number, to: number, ours: Pin): Promise<Pin | undefined> {
    for (let version = to - 1; version > from; version -= 1) {
      const pin = await this.at(version);
      if (pin && !isDeepStrictEqual(pin, ours)) return pin;
    }
    return undefined;
  }

  /** What an earlier version pinned; undefined when it is gone, or is nothing that could be pinned again. */
  private async at(version: number): Promise<Pin | undefined> {
    const get = new GetParameterCommand({ Name: `${this.place.parameter}:${version}` });
    try {
      return parsePin((await this.ssm.send(get)).Parameter?.Value ?? "");
    } catch (error) {
      // SSM keeps the last hundred.
      if (error instanceof Error && error.name === "ParameterVersionNotFound") return undefined;
      throw unreachable(error);
    }
  }

  /** Puts back what another run pinned just before a version of ours. @returns the error to end with. */
  private async yielded(version: number, theirs: Pin): Promise<CliError> {
    if ((await this.read())?.version === version) await this.put(theirs, version);
    return this.overtaken();
  }

  private overtaken(): CliError {
    const { parameter, environment, service } = this.place;
    return new CliError(
      EXIT.HELD,
      `another run pinned ${service} in ${environment} just now`,
      `at ${parameter}`,
      "see what, and try again: npx groundplan artifact current",
    );
  }

  /** @param left - why the pin is not what it was before. */
  private gone({ sha256, key, versionId }: Artifact, left = "nothing was changed"): CliError {
    const { service } = this.place;
    return new CliError(
      EXIT.FAILED,
      `artifact ${sha256.slice(0, 12)} of ${service} cannot be pinned: its object is gone, or another run removes it`,
      `at s3://${this.store.location.bucket}/${key}, version ${versionId}`,
      left,
      "use another of npx groundplan artifact list, or build its commit again and publish it",
    );
  }
}

/** A pin that was written. */
export interface Pinned {
  /** Version of its parameter. */
  readonly version: number;

  /** Puts back what was pinned before, or nothing. @returns why it did not: somebody has pinned since, or it is gone. */
  undo(): Promise<string | undefined>;
}
