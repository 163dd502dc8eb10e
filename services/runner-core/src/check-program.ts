import type { Finding } from "./checks";
import type { GitHubSession } from "./github/session";
import { isNewer, type ProgramStore } from "./program";
import type { Settings } from "./settings";

/** Where it is looked up which program there is, and which there could be. */
export interface ProgramSources {
  /** GitHub by the installation of an owner. */
  readonly sessionOf: (owner: string) => GitHubSession;
  readonly programs: Pick<ProgramStore, "current">;
}

/** Least version that GitHub lets register. */
const LEAST_VERSION = "2.329.0";

/** Days after a release for which GitHub gives jobs to runners of the one before. */
const MOST_DAYS = 30;

/** Days within which `runner-program`, which looks once a day, has brought a release. */
const USUAL_DAYS = 2;

interface Release {
  readonly tag_name: string;
  readonly published_at: string;
  readonly draft?: boolean;
  readonly prerelease?: boolean;
}

/**
 * Whether GitHub gives jobs to the program that instances run: the newest, or one whose successor is not 30 days old.
 *
 * @param now - seconds since 1970.
 * @see https://docs.github.com/en/actions/reference/runners/self-hosted-runners#runner-software-updates-on-self-hosted-runners
 */
export async function checkProgram(
  { programVersion, programBucket, fleet }: Settings,
  { sessionOf, programs }: ProgramSources,
  now: number,
): Promise<Finding> {
  const check = "Program";
  const call = `aws lambda invoke --function-name ${fleet}-runner-program:live /dev/stdout`;
  try {
    const cached = await programs.current();
    const version = cached?.version ?? programVersion;
    const from = cached ? `bucket ${programBucket}` : "the overlay: the bucket has none yet";
    if (isNewer(LEAST_VERSION, version))
      return {
        check,
        level: "fail",
        found: `the runner is ${version}, and GitHub lets none before ${LEAST_VERSION} register`,
        instead: `have runner-program bring the newest: ${call}`,
      };
    const { data } = await sessionOf("").asInstallation<readonly Release[]>(
      "GET /repos/{owner}/{repo}/releases",
      { owner: "actions", repo: "runner", per_page: 100 },
    );
    const newer = data.filter(
      ({ tag_name: tag, draft, prerelease }) =>
        !draft && !prerelease && /^v\d+\.\d+\.\d+$/.test(tag) && isNewer(tag.slice(1), version),
    );
    if (newer.length === 0) return { check, level: "ok", found: `${version}, the newest, from ${from}` };
    const first = Math.min(...newer.map(({ published_at: at }) => Date.parse(at) / 1000));
    const days = Math.floor((now - first) / 86_400);
    const found = `${version}, from ${from}; the release after it is ${days} days old`;
    if (days <= USUAL_DAYS) return { check, level: "ok", found };
    return {
      check,
      level: days > MOST_DAYS ? "fail" : "warn",
      found: `${found}, and GitHub gives no jobs to a runner that is ${MOST_DAYS} days behind`,
      instead: `have runner-program bring the newest, and see its log and alarms: ${call}`,
    };
  } catch (error) {
    return {
      check,
      level: "warn",
      found: `it is not known which program instances run, or which is the newest: ${(error as Error).message}`,
      instead: `see that bucket ${programBucket} and GitHub can be read by ${fleet}-runner-scale-down`,
    };
  }
}
