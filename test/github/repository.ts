import type { Call, Contract } from "./contract";
import { Deployments } from "./deployments";
import { Releases } from "./releases";

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Whose token it is. */
export interface Caller {
  /** E.g. `github-actions[bot]`. */
  readonly login: string;
  readonly type: "Bot" | "User";

  /** Whether the token may write: one of a fork's run may not. */
  readonly writes: boolean;
}

/** A comment of an issue or a pull request. */
export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: Caller;
  body: string;

  /** How often it was updated. */
  edits: number;
}

/** A pull request. */
export interface Pull {
  readonly number: number;
  head: string;
  readonly from: string;

  /** Its branch there; `main` is what all are to be merged into. */
  branch: string;
  state: "open" | "closed";

  /** Commit by which it was merged. */
  merged?: string;
}

/** A label of the repository. */
export interface Label {
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

/** A label that somebody has put on a pull request, or taken away. */
export interface LabelEvent {
  readonly issue: number;
  readonly event: "labeled" | "unlabeled";
  readonly label: string;
  readonly login: string;
}

/** A run of a workflow that has ended. */
export interface WorkflowRun {
  readonly id: number;

  /** Name of the workflow's file. */
  readonly workflow: string;
  readonly event: string;
  readonly head: string;

  /** Branch and repository of the commit. */
  readonly branch: string;
  readonly from: string;
}

/** An issue. */
export interface Issue {
  readonly number: number;
  readonly author: Caller;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: readonly string[];
}

/** Characters that GitHub takes in a body. */
const LONGEST_BODY = 65_536;

/** One repository's pull requests, comments and issues. */
export class Repository {
  readonly comments: Comment[] = [];
  readonly pulls: Pull[] = [];
  readonly issues: Issue[] = [];
  readonly runs: WorkflowRun[] = [];
  readonly labels: Label[] = [];
  readonly labelEvents: LabelEvent[] = [];
  readonly deployments: Deployments;
  readonly releases: Releases;
  private last = 1_000;

  constructor(
    private readonly contract: Contract,
    private readonly url: () => string,

    /** What it is called, in the organization `octo-org`. */
    private readonly name: string,
  ) {
    this.deployments = new Deployments(contract);
    this.releases = new Releases(contract, url);
  }

  /** Adds a comment, as somebody else would. */
  comment(issue: number, body: string, login: string): Comment {
    const author = { login, type: login.endsWith("[bot]") ? "Bot" : "User", writes: true } as const;
    const comment = { id: ++this.last, issue, body, author, edits: 0 };
    this.comments.push(comment);
    return comment;
  }

  /** Opens a pull request. */
  pull(number: number, head: string, from = "octo-org/platform", branch = "change"): Pull {
    const pull: Pull = { number, head, from, branch, state: "open" };
    this.pulls.push(pull);
    return pull;
  }

  /** Puts a label on a pull request, or takes it away, as somebody else would. */
  label(issue: number, label: string, login: string, event: LabelEvent["event"] = "labeled"): void {
    this.labelEvents.push({ issue, event, label, login });
  }

  /** Names of the labels of a pull request. */
  labelsOf(number: number): readonly string[] {
    const names = new Set<string>();
    for (const { issue, event, label } of this.labelEvents) {
      if (issue !== number) continue;
      if (event === "labeled") names.add(label);
      else names.delete(label);
    }
    return [...names];
  }

  /** Answers a call; undefined when there is nothing at that address. */
  answer(call: Call, caller: Caller): Answer | undefined {
    if (call.path.owner !== "octo-org" || call.path.repo !== this.name) return undefined;
    const body = call.body as Record<string, unknown> | undefined;
    if (typeof body?.body === "string" && [...body.body].length > LONGEST_BODY) return tooLong();
    const number = Number(call.path.issue_number ?? call.path.pull_number ?? 0);
    switch (`${call.method} ${call.template}`) {
      case "get /repos/{owner}/{repo}/pulls/{pull_number}": {
        const pull = this.pulls.find((each) => each.number === number);
        return pull && { status: 200, body: this.pullBody(pull) };
      }
      case "get /repos/{owner}/{repo}/issues/{issue_number}/comments": {
        if (!this.pulls.some((each) => each.number === number)) return undefined;
        const all = this.comments.filter(({ issue }) => issue === number);
        return this.page(call, all, (each) => this.commentBody(each));
      }
      case "post /repos/{owner}/{repo}/issues/{issue_number}/comments": {
        if (!this.pulls.some((each) => each.number === number)) return undefined;
        const comment = this.comment(number, String(body?.body), caller.login);
        return { status: 201, headers: { location: "/" }, body: this.commentBody(comment) };
      }
      case "patch /repos/{owner}/{repo}/issues/comments/{comment_id}":
      case "delete /repos/{owner}/{repo}/issues/comments/{comment_id}":
        return this.change(call, caller, body);
      case "get /repos/{owner}/{repo}/commits/{commit_sha}/pulls": {
        const all = this.pulls.filter(({ merged }) => merged === call.path.commit_sha);
        return this.page(call, all, (each) => this.simplePullBody(each));
      }
      case "get /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs":
        return this.runsPage(call);
      default:
        return (
          this.deployments.answer(call) ??
          this.releases.answer(call) ??
          this.answerLabel(call, caller, body ?? {}) ??
          this.answerIssue(call, caller, body ?? {})
        );
    }
  }

  private answerLabel(call: Call, caller: Caller, body: Record<string, unknown>): Answer | undefined {
    const number = Number(call.path.issue_number);
    const { name = "" } = call.path;
    const onPull = () => this.page(call, this.labelsOf(number), (each) => this.labelBody(each));
    switch (`${call.method} ${call.template}`) {
      case "get /repos/{owner}/{repo}/labels/{name}":
        return this.labels.some((each) => each.name === name)
          ? { status: 200, body: this.labelBody(name) }
          : undefined;
      case "post /repos/{owner}/{repo}/labels": {
        const made = {
          name: String(body.name),
          color: String(body.color),
          description: String(body.description),
        };
        if (this.labels.some((each) => each.name === made.name)) return exists();
        this.labels.push(made);
        return { status: 201, headers: { location: "/" }, body: this.labelBody(made.name) };
      }
      case "get /repos/{owner}/{repo}/issues/{issue_number}/labels":
        return onPull();
      case "post /repos/{owner}/{repo}/issues/{issue_number}/labels":
        for (const label of body.labels as string[]) this.label(number, label, caller.login);
        return onPull();
      case "delete /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}":
        if (!this.labelsOf(number).includes(name)) return undefined;
        this.label(number, name, caller.login, "unlabeled");
        return onPull();
      case "get /repos/{owner}/{repo}/issues/{issue_number}/events": {
        const all = this.labelEvents.filter(({ issue }) => issue === number);
        return this.page(call, all, (each) => this.eventBody(each));
      }
      default:
        return undefined;
    }
  }

  private labelBody(name: string): unknown {
    const found = this.labels.find((each) => each.name === name);
    return { ...this.contract.example("label"), name, default: false, ...found };
  }

  private eventBody({ event, label, login }: LabelEvent): unknown {
    const [example] = this.contract.example("issue-event-for-issue-items") as unknown as [{ actor: object }];
    const { color } = this.labels.find(({ name }) => name === label) ?? { color: "ededed" };
    return {
      ...example,
      event,
      commit_id: null,
      commit_url: null,
      actor: { ...example.actor, login },
      label: { name: label, color },
    };
  }

  private change(call: Call, caller: Caller, body: Record<string, unknown> | undefined): Answer | undefined {
    const at = this.comments.findIndex(({ id }) => id === Number(call.path.comment_id));
    const comment = this.comments[at];
    if (!comment) return undefined;
    if (comment.author.login !== caller.login) return { status: 403, body: { message: "Forbidden" } };
    if (call.method === "delete") {
      this.comments.splice(at, 1);
      return { status: 204 };
    }
    comment.body = String(body?.body);
    comment.edits++;
    return { status: 200, body: this.commentBody(comment) };
  }

  private answerIssue(call: Call, caller: Caller, body: Record<string, unknown>): Answer | undefined {
    const issue = this.issues.find(({ number }) => number === Number(call.path.issue_number));
    switch (`${call.method} ${call.template}`) {
      case "get /repos/{owner}/{repo}/issues": {
        const { state = "open", labels, creator } = call.query;
        const wanted = labels?.split(",") ?? [];
        const all = this.issues.filter(
          (each) =>
            (state === "all" || each.state === state) &&
            wanted.every((label) => each.labels.includes(label)) &&
            (creator === undefined || each.author.login === creator),
        );
        return this.page(call, all, (each) => this.issueBody(each));
      }
      case "post /repos/{owner}/{repo}/issues": {
        const made: Issue = {
          number: ++this.last,
          author: caller,
          title: String(body.title),
          body: String(body.body ?? ""),
          state: "open",
          labels: (body.labels as string[] | undefined) ?? [],
        };
        this.issues.push(made);
        return { status: 201, headers: { location: "/" }, body: this.issueBody(made) };
      }
      case "patch /repos/{owner}/{repo}/issues/{issue_number}": {
        if (!issue) return undefined;
        if (typeof body.title === "string") issue.title = body.title;
        if (typeof body.body === "string") issue.body = body.body;
        if (body.state === "open" || body.state === "closed") issue.state = body.state;
        if (Array.isArray(body.labels)) issue.labels = body.labels as string[];
        return { status: 200, body: this.issueBody(issue) };
      }
      default:
        return undefined;
    }
  }

  private page<T>({ query, template, path }: Call, all: readonly T[], render: (one: T) => unknown): Answer {
    const size = Number(query.per_page ?? 30);
    const page = Number(query.page ?? 1);
    const last = Math.max(1, Math.ceil(all.length / size));
    const address = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? "");
    const link = (to: number, rel: string) => {
      const search = new URLSearchParams({ ...query, per_page: String(size), page: String(to) });
      return `<${this.url()}${address}?${search}>; rel="${rel}"`;
    };
    const links = [
      ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
      ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ];
    const body = all.slice((page - 1) * size, page * size).map(render);
    return { status: 200, headers: links.length > 0 ? { link: links.join(", ") } : {}, body };
  }

  private commentBody({ id, body, author }: Comment): unknown {
    const example = this.contract.example("issue-comment");
    return {
      ...example,
      id,
      body,
      user: { ...(example.user as object), login: author.login, type: author.type },
    };
  }

  private pullBody({ number, head, from, state }: Pull): unknown {
    const example = this.contract.example("pull-request");
    const was = example.head as { repo: object };
    // The example itself does not agree with the description in its teams.
    return {
      ...example,
      requested_teams: [],
      number,
      state,
      head: { ...was, sha: head, repo: { ...was.repo, full_name: from } },
    };
  }

  private simplePullBody({ number, head, from, branch, merged }: Pull): unknown {
    const [example] = this.contract.example("pull-request-simple-items") as unknown as [
      Record<string, object>,
    ];
    const was = example.head as { repo: object };
    return {
      ...example,
      requested_teams: [],
      number,
      merge_commit_sha: merged ?? null,
      merged_at: merged === undefined ? null : "2026-11-21T09:00:00Z",
      head: { ...was, sha: head, ref: branch, repo: { ...was.repo, full_name: from } },
      base: { ...example.base, ref: "main" },
    };
  }

  private runsPage(call: Call): Answer {
    const { path, query } = call;
    const { workflow_runs: runs } = this.contract.example("workflow-run-paginated");
    const [example] = runs as [{ head_repository: object }];
    // The newest first, whoever's: what the query does not narrow is in the list.
    const found = this.runs
      .filter(
        ({ workflow, event, head, branch }) =>
          workflow === path.workflow_id &&
          event === query.event &&
          head === query.head_sha &&
          (query.branch === undefined || branch === query.branch),
      )
      .sort((a, b) => b.id - a.id);
    const answer = this.page(call, found, ({ id, event, head, branch, from }) => ({
      ...example,
      id,
      event,
      run_number: id,
      head_sha: head,
      head_branch: branch,
      head_repository: { ...example.head_repository, full_name: from },
      // Only open pull requests are named, and none of a fork.
      pull_requests: [],
    }));
    return { ...answer, body: { total_count: found.length, workflow_runs: answer.body } };
  }

  private issueBody({ number, author, title, body, state, labels }: Issue): unknown {
    // The example is of a pull request, which GitHub lists as an issue too.
    const { pull_request: _, ...example } = this.contract.example("issue");
    const user = { ...(example.user as object), login: author.login, type: author.type };
    return { ...example, number, title, body, state, user, labels: labels.map((name) => ({ name })) };
  }
}

function exists(): Answer {
  return {
    status: 422,
    body: {
      message: "Validation Failed",
      documentation_url: "https://docs.github.com/rest",
      errors: [{ resource: "Label", code: "already_exists", field: "name" }],
    },
  };
}

function tooLong(): Answer {
  const message = `body is too long (maximum is ${LONGEST_BODY} characters)`;
  return {
    status: 422,
    body: {
      message: "Validation Failed",
      documentation_url: "https://docs.github.com/rest",
      errors: [{ resource: "IssueComment", code: "unprocessable", field: "data", message }],
    },
  };
}
