import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { type Ami, channelOf, newestFirst, versionTag } from "./ami";
import type { RegionClients } from "./clients";
import { amisIn } from "./facts";
import { failures, inRegions, succeeded } from "./regions";
import type { ImageRequest } from "./request";
import { TAG } from "./tags";

/** What a run has made until now. */
export interface RunState {
  readonly request: ImageRequest;

  /** Its AMIs that can be started, by their Regions. */
  readonly available: ReadonlyMap<string, Ami>;
}

/**
 * What a run was to make and has made, out of the tags of its AMIs: they are there from the first moment, whatever became of
 * the machine that the run was on.
 *
 * @param regions - where its AMIs are looked for; those that they name are looked in too.
 * @throws CliError when it made none.
 */
export async function runState(
  run: string,
  regions: readonly string[],
  clientsOf: (region: string) => RegionClients,
): Promise<RunState> {
  const first = await find(run, regions, clientsOf);
  const [some] = [...first].sort(newestFirst);
  if (!some)
    throw new CliError(
      EXIT.FAILED,
      `run ${run} has no AMI in ${regions.join(", ")}`,
      "name its first Region with --regions",
      `or build it anew, after: npx groundplan image prune --run ${run}`,
    );
  const wanted = (some.tags[TAG.regions] ?? "").split(" ").filter((one) => one !== "");
  const others = wanted.filter((one) => !regions.includes(one));
  const all = [...first, ...(await find(run, others, clientsOf))];
  const said = new Date(some.tags.BuildDate ?? "");
  const kmsKey = some.tags[TAG.key];
  return {
    request: {
      image: some.tags[TAG.image] ?? "",
      channel: channelOf(some),
      version: versionTag(some),
      name: some.name,
      regions: wanted.length > 0 ? wanted : regions,
      way: "copy",
      // One that failed has no disk that says it.
      encrypted: kmsKey !== undefined || all.some(({ isEncrypted }) => isEncrypted),
      ...(kmsKey === undefined ? {} : { kmsKey }),
      run,
      source: {
        repository: some.tags.GitHubRepository ?? "",
        ref: some.tags.GitHubRef ?? "",
        sha: some.tags.GitHubSHA ?? "",
      },
      time: Number.isNaN(said.getTime()) ? new Date(some.created) : said,
    },
    available: new Map(all.filter(({ state }) => state === "available").map((ami) => [ami.region, ami])),
  };
}

async function find(
  run: string,
  regions: readonly string[],
  clientsOf: (region: string) => RegionClients,
): Promise<readonly Ami[]> {
  const outcomes = await inRegions(regions, (region) => amisIn(clientsOf(region), { run }));
  const [failure] = failures(outcomes);
  if (failure) throw failure.error;
  return succeeded(outcomes).flatMap(({ value }) => value);
}

/** The AMI that is copied from: that of the first Region of the run that has one. */
export function sourceOf({ request, available }: RunState): Ami {
  const source = request.regions.map((region) => available.get(region)).find((ami) => ami !== undefined);
  if (source) return source;
  throw new CliError(
    EXIT.FAILED,
    `run ${request.run} has no AMI that can be copied`,
    `build it anew, after: npx groundplan image prune --run ${request.run}`,
  );
}
