import type { Call, Contract } from "./contract";

/** A deployment, with its states from the first to the newest. */
export interface Deployment {
  readonly id: number;
  readonly ref: string;
  readonly environment: string;
  readonly task: string;
  readonly states: { readonly state: string; readonly url: string; readonly description: string }[];
}

/** The deployments of a repository. */
export class Deployments {
  readonly all: Deployment[] = [];

  constructor(private readonly contract: Contract) {}

  /** Answers a call; undefined when there is nothing at that address. */
  answer(call: Call): { readonly status: number; readonly body: unknown } | undefined {
    const body = (call.body ?? {}) as Readonly<Record<string, string>>;
    const deployment = this.all.find(({ id }) => id === Number(call.path.deployment_id));
    switch (`${call.method} ${call.template}`) {
      case "get /repos/{owner}/{repo}/deployments": {
        const { environment, sha, task } = call.query;
        const found = this.all.filter(
          (one) =>
            (environment === undefined || one.environment === environment) &&
            (sha === undefined || one.ref === sha) &&
            (task === undefined || one.task === task),
        );
        return { status: 200, body: found.reverse().map((one) => this.body(one)) };
      }
      case "post /repos/{owner}/{repo}/deployments": {
        const { ref = "", environment = "", task = "" } = body;
        const made = { id: this.all.length + 1, ref, environment, task, states: [] };
        this.all.push(made);
        return { status: 201, body: this.body(made) };
      }
      case "get /repos/{owner}/{repo}/deployments/{deployment_id}/statuses":
        return (
          deployment && {
            status: 200,
            body: deployment.states.toReversed().map((one) => this.statusBody(one)),
          }
        );
      case "post /repos/{owner}/{repo}/deployments/{deployment_id}/statuses": {
        if (!deployment) return undefined;
        const { state = "", environment_url: url = "", description = "" } = body;
        deployment.states.push({ state, url, description });
        return { status: 201, body: this.statusBody({ state, url, description }) };
      }
      default:
        return undefined;
    }
  }

  private body({ id, ref, environment, task }: Deployment): unknown {
    return { ...this.contract.example("deployment"), id, ref, sha: ref, environment, task };
  }

  private statusBody({ state, url, description }: Deployment["states"][number]): unknown {
    const { environment_url: _, ...rest } = this.contract.example("deployment-status");
    return { ...rest, state, description, ...(url === "" ? {} : { environment_url: url }) };
  }
}
