import { paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import { unreachable } from "../aws/errors";
import type { DeployedVersions } from "./kind";
import { type Pin, pinOfParameter } from "./pin";
import type { ReadPin } from "./pins";
import type { Session } from "./session";
import type { Target } from "./target";

/** What an environment has and may go back to. */
export interface Needs {
  readonly target: Target;
  readonly read: ReadPin | undefined;

  /** The artifacts that were pinned last, the pin itself first; empty without one. */
  readonly lastPinned: readonly Pin[];

  /** Undefined while its stack is not deployed. */
  readonly deployed: DeployedVersions | undefined;
}

/** Reads what an environment has. @throws CliError when it cannot be read. */
export async function needsOf(session: Session, target: Target): Promise<Needs> {
  const pins = session.pins(target);
  const [read, deployed] = await Promise.all([pins.read(), session.kind.versions(target)]);
  return { target, read, deployed, lastPinned: read ? await pins.lastPinned(read) : [] };
}

/** A pin of an environment that the stacks here do not have, e.g. one of another branch. */
export interface ForeignPin {
  readonly parameter: string;
  readonly pin: Pin;
}

/**
 * The pins of a service that no stack here reads: all parameters of its name beside those of the targets.
 *
 * @throws CliError when one cannot be read: what it needs is not known then.
 */
export async function foreignPins({ service, targets }: Session): Promise<readonly ForeignPin[]> {
  const found: ForeignPin[] = [];
  const roots = new Map(
    targets.map(({ parameter, region }) => {
      const [, root = ""] = parameter.split("/");
      return [`${region} ${root}`, { region, Path: `/${root}` }] as const;
    }),
  );
  for (const { region, Path } of roots.values()) {
    const own = targets.filter((target) => target.region === region).map(({ parameter }) => parameter);
    try {
      const client = new SSMClient({ region });
      for await (const { Parameters = [] } of paginateGetParametersByPath(
        { client },
        { Path, Recursive: true },
      )) {
        for (const { Name = "", Value = "" } of Parameters) {
          if (!Name.endsWith(`/${service.name}/artifact`) || own.includes(Name)) continue;
          found.push({ parameter: Name, pin: pinOfParameter(Value, Name, region) });
        }
      }
    } catch (error) {
      throw unreachable(error);
    }
  }
  return found;
}
