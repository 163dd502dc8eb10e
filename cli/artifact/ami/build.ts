import { CliError } from "../../console/errors";
import type { Ami } from "./ami";
import type { RegionClients } from "./clients";
import { type Arrival, ensureCopied, ownAmi, PATIENCE, type Patience, whenAvailable } from "./distribute";
import { inRegions, type RegionOutcome } from "./regions";
import type { ImageRequest } from "./request";

/** An AMI of a build, in one Region. */
export interface Placed {
  readonly ami: Ami;
  readonly how: Arrival | "built";
}

/** What a build needs beside its request. */
export interface BuildProps {
  readonly clientsOf: (region: string) => RegionClients;

  /** Builds in one Region, and gives the id of the AMI. */
  readonly build: (region: string) => Promise<string>;
  readonly patience?: Patience;
  readonly progress?: (region: string, text: string) => void;
}

/**
 * Builds an image in its Regions: once and copied, or in each. What a run before has finished stays, so the same request
 * again does the rest.
 *
 * Every Region has an outcome of its own. Where it is built once and that fails, no other can have it, and says so.
 */
export async function buildInRegions(
  request: ImageRequest,
  props: BuildProps,
): Promise<readonly RegionOutcome<Placed>[]> {
  const { regions, way } = request;
  if (way === "each") return inRegions(regions, (region) => ensureBuilt(request, region, props));
  const [home = "", ...others] = regions;
  const built = await inRegions([home], (region) => ensureBuilt(request, region, props));
  const [first] = built;
  if (first === undefined || "error" in first) {
    const { exitCode = 1, message = "" } = first?.error ?? {};
    const [why = ""] = message.split("\n");
    return [
      ...built,
      ...others.map((region) => ({
        region,
        error: new CliError(exitCode, `not copied to ${region}: the build in ${home} failed`, why),
      })),
    ];
  }
  return [...built, ...(await copyInRegions(request, others, first.value.ami, props))];
}

/** Copies the AMI of a request into Regions. */
export function copyInRegions(
  request: ImageRequest,
  regions: readonly string[],
  source: Ami,
  { clientsOf, patience = PATIENCE, progress }: Omit<BuildProps, "build">,
): Promise<readonly RegionOutcome<Placed>[]> {
  return inRegions(regions, (region) =>
    ensureCopied(clientsOf(region), request, source, patience, (text) => progress?.(region, text)),
  );
}

async function ensureBuilt(
  request: ImageRequest,
  region: string,
  { clientsOf, build, patience = PATIENCE, progress }: BuildProps,
): Promise<Placed> {
  const clients = clientsOf(region);
  const tell = (text: string) => progress?.(region, text);
  const found = await ownAmi(clients, request);
  if (found) return { ami: await whenAvailable(clients, found, patience, tell), how: "there" };
  const id = await build(region);
  const made = await ownAmi(clients, request);
  if (!made || made.id !== id)
    throw new CliError(
      1,
      `Packer says that it made ${id} in ${region}, and AWS does not know it as ${request.name}`,
    );
  return { ami: await whenAvailable(clients, made, patience, tell), how: "built" };
}
