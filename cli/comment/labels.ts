import { type GitHub, onGitHub } from "../github/client";
import type { Report } from "../report/model";
import { isQuiet } from "../report/report";

/** The labels that say what a plan does, with the colour and the description that they get. */
const KINDS = {
  destroys: { color: "b60205", description: "The plan deletes or replaces something" },
  "no changes": { color: "0e8a16", description: "The plan changes nothing" },
  risks: { color: "d93f0b", description: "The plan has risks to decide about" },
} as const;

type Kind = keyof typeof KINDS;

const ALL = Object.keys(KINDS) as readonly Kind[];

/** Most characters of a label's name on GitHub. */
const LONGEST = 50;

/** What a pull request's labels are to be. */
export interface Labels {
  /** Those that it has. */
  readonly wanted: readonly Kind[];

  /** Those that it has not; of what a plan in part does not say, nothing is taken away. */
  readonly unwanted: readonly Kind[];
}

/** The labels of a report. */
export function labelsOf(report: Report): Labels {
  const { outcome, stacks } = report;
  const says: Readonly<Record<Kind, boolean>> = {
    destroys: stacks.some(({ counts }) => counts.delete + counts.replace > 0),
    "no changes": isQuiet(report),
    risks: stacks.some(({ risks }) => risks.some(({ level }) => level === "high")),
  };
  const isWhole =
    outcome === "complete" && stacks.every(({ status }) => status === "changed" || status === "unchanged");
  return {
    wanted: ALL.filter((kind) => says[kind]),
    unwanted: ALL.filter((kind) => !says[kind] && (isWhole || kind === "no changes")),
  };
}

/** Name of a label: that of an app in a folder names it, for several apps are planned on one pull request. */
export function labelName(kind: Kind, app: string): string {
  if (app === ".") return `plan: ${kind}`;
  const room = LONGEST - `plan : ${kind}`.length;
  return `plan ${app.length > room ? `…${app.slice(1 - room)}` : app}: ${kind}`;
}

/** Properties of {@link keepLabels}. */
export interface LabelProps {
  readonly pull: number;
  readonly app: string;
  readonly labels: Labels;

  /** Who adds them: a label that somebody else has added is never removed. */
  readonly author: string;
}

/** What was done. */
export interface LabelOutcome {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Adds the labels that a plan has, and removes those of its own that it has no more. */
export function keepLabels(github: GitHub, { pull, app, labels, author }: LabelProps): Promise<LabelOutcome> {
  return onGitHub(`the labels of pull request ${pull}`, async () => {
    const { client, owner, repo } = github;
    const at = { owner, repo, issue_number: pull };
    const there = (
      await client.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/labels", {
        ...at,
        per_page: 100,
      })
    ).map(({ name }) => name);
    const missing = labels.wanted.filter((kind) => !there.includes(labelName(kind, app)));
    for (const kind of missing) await makeLabel(github, kind, app);
    const added = missing.map((kind) => labelName(kind, app));
    if (added.length > 0)
      await client.request("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
        ...at,
        labels: added,
      });
    const old = labels.unwanted.map((kind) => labelName(kind, app)).filter((name) => there.includes(name));
    const own = old.length > 0 ? await addedBy(github, pull, author) : new Set<string>();
    const removed = old.filter((name) => own.has(name));
    for (const name of removed) {
      await unless(404, () =>
        client.request("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", { ...at, name }),
      );
    }
    return { added, removed };
  });
}

/** Makes a label in the repository, unless it is there: its colour and description are whoever's changed them. */
async function makeLabel({ client, owner, repo }: GitHub, kind: Kind, app: string): Promise<void> {
  const name = labelName(kind, app);
  const found = await unless(404, () =>
    client.request("GET /repos/{owner}/{repo}/labels/{name}", { owner, repo, name }),
  );
  if (found) return;
  // 422: another run was first.
  await unless(422, () =>
    client.request("POST /repos/{owner}/{repo}/labels", { owner, repo, name, ...KINDS[kind] }),
  );
}

/** Names of the labels of a pull request that somebody has added last, as GitHub itself notes it. */
async function addedBy(
  { client, owner, repo }: GitHub,
  pull: number,
  author: string,
): Promise<ReadonlySet<string>> {
  const events = await client.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/events", {
    owner,
    repo,
    issue_number: pull,
    per_page: 100,
  });
  const last = new Map<string, string | undefined>();
  for (const event of events) {
    if (event.event !== "labeled" || !("label" in event)) continue;
    const { label, actor } = event as { label?: { name?: string }; actor?: { login?: string } | null };
    if (label?.name !== undefined) last.set(label.name, actor?.login);
  }
  return new Set([...last].flatMap(([name, login]) => (login === author ? [name] : [])));
}

/** What a request answers; undefined when it fails with a status. */
async function unless<T>(expected: number, request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if ((error as { status?: unknown }).status !== expected) throw error;
    return undefined;
  }
}
