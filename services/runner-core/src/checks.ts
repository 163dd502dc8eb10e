import { type GitHubSession, statusOf } from "./github/session";
import { type KeyedOwner, ownersOf } from "./owners";
import { type Owner, type Settings, serves } from "./settings";

/** What a check has found: `fail` keeps jobs from running, `warn` will. */
export interface Finding {
  readonly check: string;
  readonly level: "ok" | "warn" | "fail";

  /** What is there, in a few words. */
  readonly found: string;

  /** What to do, when it is not as it should be. */
  readonly instead?: string;
}

type Judged = Omit<Finding, "check">;

/** Deliveries of the webhook that are looked at. */
const DELIVERIES = 50;

/** How much a right allows. */
const DEGREES = ["none", "read", "write", "admin"];

/** Whether GitHub lets the app do its work: its key, rights, webhook and runner groups. */
export async function checkGitHub(
  settings: Settings,
  sessionOf: (owner: string) => GitHubSession,
  webhookUrl: string | undefined,
): Promise<readonly Finding[]> {
  const session = sessionOf("");
  const app = await finding("App", () => checkApp(settings, session), settings);
  // Without its key nothing else can be asked.
  if (app.level === "fail" && app.isKey) return [plain(app)];
  const rest: Found[] = [];
  for (const owner of ownersOf(settings)) {
    const of = owner.key === "" ? "" : ` of ${owner.key}`;
    const own = sessionOf(owner.key);
    rest.push(await finding(`Rights${of}`, () => checkInstallation(owner, own), settings));
    for (const id of groupsOf(owner, settings))
      rest.push(await finding(`Runner group ${id}${of}`, () => checkGroup(id, owner, own), settings));
  }
  // With scale sets, GitHub is asked, and tells nothing by itself.
  if (settings.scaleSets) return [app, ...rest].map(plain);
  rest.push(
    await finding("Webhook", () => checkHook(session, webhookUrl), settings),
    await finding("Deliveries", () => checkDeliveries(session), settings),
  );
  return [app, ...rest].map(plain);
}

/** Groups that an owner's runners join; those of a repository join none. */
function groupsOf({ key, scope, groupId }: KeyedOwner, { pools }: Settings): ReadonlySet<number> {
  const own = pools.filter((pool) => serves(pool, key));
  return new Set(scope === "organization" ? own.map((pool) => groupId ?? pool.groupId) : []);
}

type Found = Finding & { readonly isKey: boolean };

function plain({ isKey: _, ...rest }: Found): Finding {
  return rest;
}

/** An error is a finding, and no end of the other checks. What it says never holds the secret. */
async function finding(check: string, look: () => Promise<Judged>, settings: Settings): Promise<Found> {
  try {
    return { check, isKey: false, ...(await look()) };
  } catch (error) {
    const status = statusOf(error);
    const said = (error as Error).message;
    const secret = `aws secretsmanager put-secret-value --secret-id ${settings.secretArn} --secret-string file://app.json`;
    if ((error as Error).name === "TimeoutError" || (status !== undefined && status >= 500))
      return {
        check,
        isKey: false,
        level: "fail",
        found: `GitHub cannot be reached, or fails: ${said}`,
        instead: `see that ${settings.apiUrl} can be reached from the functions, and https://www.githubstatus.com`,
      };
    if (status === undefined)
      return { check, isKey: true, level: "fail", found: said, instead: `write the secret: ${secret}` };
    if (status === 401)
      return {
        check,
        isKey: true,
        level: "fail",
        found: `GitHub does not accept the app's id and key (401): ${said}`,
        instead: `make a new private key in the app's settings, and write it into the secret: ${secret}`,
      };
    return {
      check,
      isKey: false,
      level: "fail",
      found: `GitHub answers ${status}: ${said}`,
      instead: "see that the app is installed, and ask again",
    };
  }
}

interface App {
  readonly slug: string;
  readonly events: readonly string[];
}

async function checkApp({ owner, scaleSets }: Settings, { asApp }: GitHubSession): Promise<Judged> {
  const { slug, events } = (await asApp<App>("GET /app")).data;
  if (scaleSets || events.includes("workflow_job")) return { level: "ok", found: slug };
  return {
    level: "fail",
    found: `app ${slug} is not subscribed to the event workflow_job: no webhook comes when a job is queued`,
    instead: `subscribe it to "Workflow job" in the app's settings, below Permissions & events, of ${owner}`,
  };
}

interface Installation {
  readonly account: { readonly login: string };
  readonly suspended_at: string | null;
  readonly permissions: Readonly<Record<string, string>>;
}

async function checkInstallation(settings: Owner, { asApp }: GitHubSession): Promise<Judged> {
  const { installationId, owner, scope } = settings;
  const wrong = `name the installation of ${owner} in the overlay: runners.installationId; its page's address ends with it`;
  let installation: Installation;
  try {
    ({ data: installation } = await asApp<Installation>("GET /app/installations/{installation_id}", {
      installation_id: installationId,
    }));
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return { level: "fail", found: `the app has no installation ${installationId} (404)`, instead: wrong };
  }
  const { account, suspended_at: suspended, permissions } = installation;
  if (account.login.toLowerCase() !== owner.toLowerCase())
    return {
      level: "fail",
      found: `installation ${installationId} is with ${account.login}, not ${owner}`,
      instead: wrong,
    };
  if (suspended !== null)
    return {
      level: "fail",
      found: `the installation is suspended since ${suspended}`,
      instead: "unsuspend it in the settings of the organization, below GitHub Apps",
    };
  const needed: readonly (readonly [key: string, degree: string, name: string])[] = [
    ["actions", "read", "repository permission Actions: read"],
    ["metadata", "read", "repository permission Metadata: read"],
    scope === "organization"
      ? ["organization_self_hosted_runners", "write", "organization permission Self-hosted runners: write"]
      : ["administration", "write", "repository permission Administration: write"],
  ];
  const missing = needed
    .filter(([key, degree]) => DEGREES.indexOf(permissions[key] ?? "none") < DEGREES.indexOf(degree))
    .map(([, , name]) => name);
  if (missing.length === 0)
    return { level: "ok", found: `${needed.length} of ${needed.length}, with ${owner}` };
  return {
    level: "fail",
    found: `the installation lacks the ${missing.join(", the ")}`,
    instead:
      "give them in the app's settings, then accept them in the settings of the organization, below GitHub Apps",
  };
}

interface HookConfig {
  readonly url?: string;
  readonly content_type?: string;
  readonly insecure_ssl?: string | number;
  readonly secret?: string;
}

async function checkHook({ asApp }: GitHubSession, wanted: string | undefined): Promise<Judged> {
  const {
    url,
    content_type: type,
    insecure_ssl: insecure,
    secret,
  } = (await asApp<HookConfig>("GET /app/hook/config")).data;
  const faults = [
    ...(wanted !== undefined && url !== wanted
      ? [[`it goes to ${url || "nowhere"}`, `set the address to ${wanted}`] as const]
      : []),
    ...(type !== "json" ? [[`its content type is ${type}`, "set it to application/json"] as const] : []),
    ...(String(insecure ?? "0") !== "0"
      ? [["certificates are not verified", "turn SSL verification on"] as const]
      : []),
    ...(secret ? [] : [["it has no secret", "set it to webhookSecret of the secret"] as const]),
  ];
  if (faults.length === 0) return { level: "ok", found: String(url) };
  return {
    level: "fail",
    found: faults.map(([found]) => found).join("; "),
    instead: `in the app's settings, below Webhook: ${faults.map(([, instead]) => instead).join("; ")}`,
  };
}

interface Delivery {
  readonly event: string;
  readonly status_code: number;
}

async function checkDeliveries({ asApp }: GitHubSession): Promise<Judged> {
  const { data } = await asApp<readonly Delivery[]>("GET /app/hook/deliveries", { per_page: DELIVERIES });
  const ours = data.filter(({ event }) => event === "workflow_job");
  const failed = ours.filter(({ status_code: status }) => status < 200 || status > 299);
  const found = `${failed.length} of the last ${ours.length} failed`;
  if (failed.length === 0) return { level: "ok", found };
  const statuses = [...new Set(failed.map(({ status_code: status }) => status))].sort();
  return {
    level: "warn",
    found: `${found}, with ${statuses.join(", ")}`,
    instead: statuses.includes(401)
      ? "the secret of the webhook is another than webhookSecret of the secret: set both to the same"
      : "see Recent deliveries in the app's settings; the jobs are found in GitHub's queue meanwhile",
  };
}

interface Group {
  readonly name: string;
  readonly allows_public_repositories: boolean;
}

async function checkGroup(id: number, { owner }: Owner, { asInstallation }: GitHubSession): Promise<Judged> {
  const list = `gh api /orgs/${owner}/actions/runner-groups --jq '.runner_groups[] | [.id, .name]'`;
  try {
    const { data } = await asInstallation<Group>("GET /orgs/{org}/actions/runner-groups/{runner_group_id}", {
      org: owner,
      runner_group_id: id,
    });
    if (!data.allows_public_repositories) return { level: "ok", found: data.name };
    return {
      level: "warn",
      found: `${data.name} is open to public repositories: a stranger's pull request runs on your instances`,
      instead: `gh api -X PATCH /orgs/${owner}/actions/runner-groups/${id} -F allows_public_repositories=false`,
    };
  } catch (error) {
    const status = statusOf(error);
    if (status === 404)
      return {
        level: "fail",
        found: `there is no runner group ${id} in ${owner} (404)`,
        instead: `see which there are, and name one in the overlay, as groupId of its pool: ${list}`,
      };
    if (status === 403)
      return {
        level: "fail",
        found: `the app may not see runner group ${id} (403): it lacks the organization permission Self-hosted runners, or the group is that of GitHub-hosted runners`,
        instead: `give the permission, or name another group: ${list}`,
      };
    throw error;
  }
}
