import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../../temporary-folder";

const exec = promisify(execFile);

/** An answer in JSON:API, or a text. */
type Answer = object | string | undefined;

type Handler = (body: Buffer, query: URLSearchParams) => Answer | Promise<Answer>;

/** How one workspace of {@link HcpTerraform} executes what it is asked for. */
export type Execution = "local" | "remote";

/**
 * HCP Terraform as far as its command line asks for it, over its real protocol: one organization, one workspace. What is
 * executed remotely a real Terraform plans, from the configuration that was uploaded.
 *
 * @see https://developer.hashicorp.com/terraform/cloud-docs/api-docs
 */
export class HcpTerraform {
  readonly folder = temporaryFolder("hcp");

  /** What was asked for, e.g. `POST /workspaces/ws-1/actions/lock`. */
  readonly asked: string[] = [];
  private readonly server: Server;
  private state: { readonly serial: number; readonly lineage: string; readonly content: string } | undefined;
  private log = "";
  private applied = false;

  private constructor(private readonly execution: Execution) {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        const headers = {
          "content-type": "application/vnd.api+json",
          "tfp-api-version": "2.6",
          "tfp-appname": "HCP Terraform",
        };
        response
          .writeHead(status, headers)
          .end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
      });
    });
  }

  static async start(execution: Execution): Promise<HcpTerraform> {
    const hcp = new HcpTerraform(execution);
    await new Promise<void>((resolve) => hcp.server.listen(0, "127.0.0.1", resolve));
    return hcp;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Terraform's configuration that leads app.terraform.io here. @param token - none: nobody has logged in. */
  cliConfig(token?: string): string {
    const file = join(this.folder, `terraform${token === undefined ? "" : "-in"}.rc`);
    const services = `services = { "tfe.v2" = "${this.url}/api/v2/", "tfe.v2.1" = "${this.url}/api/v2/", "tfe.v2.2" = "${this.url}/api/v2/", "state.v2" = "${this.url}/api/v2/" }`;
    const credentials =
      token === undefined ? "" : `credentials "app.terraform.io" {\n  token = "${token}"\n}\n`;
    writeFileSync(file, `host "app.terraform.io" {\n  ${services}\n}\n${credentials}`);
    return file;
  }

  private get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: Answer }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    const path = pathname.replace(/^\/api\/v2/, "");
    const key = `${request.method} ${path}`;
    this.asked.push(key);
    const handler = this.handlers[key];
    const body = await handler?.(Buffer.concat(chunks), searchParams);
    if (body !== undefined) return { status: request.method === "POST" ? 201 : 200, body };
    return { status: 404, body: { errors: [{ status: "404", title: "not found", detail: key }] } };
  }

  private get handlers(): Readonly<Record<string, Handler>> {
    const workspace = () => this.workspace();
    const run = () => this.run();
    return {
      "GET /ping": () => "",
      "GET /organizations/acme/entitlement-set": () =>
        resource("org-1", "entitlement-sets", { operations: true, "state-storage": true }),
      "GET /organizations/acme": () => resource("acme", "organizations", { name: "acme" }),
      "GET /organizations/acme/workspaces/shop": workspace,
      "GET /workspaces/ws-1": workspace,
      "POST /workspaces/ws-1/actions/lock": workspace,
      "POST /workspaces/ws-1/actions/unlock": workspace,
      "GET /workspaces/ws-1/current-state-version": () => this.state && this.stateVersion(),
      "POST /workspaces/ws-1/state-versions": (body) => this.save(body),
      "GET /state": () => this.state?.content,
      "PUT /state": (body) => this.upload(body),
      "PUT /json-state": () => "",
      "GET /state-versions/sv-1": () => this.stateVersion(),
      "POST /workspaces/ws-1/configuration-versions": () => this.configuration("pending"),
      "GET /configuration-versions/cv-1": () => this.configuration("uploaded"),
      "PUT /configuration": (body) => this.plan(body),
      "POST /runs": run,
      "GET /runs/run-1": run,
      "GET /runs/run-1/run-events": () => ({ data: [] }),
      "GET /runs/run-1/task-stages": () => ({ data: [] }),
      "GET /workspaces/ws-1/runs": () => ({ data: [], meta: { pagination: {} } }),
      "GET /plans/plan-1": () => this.planned(),
      "GET /log": (_, query) => part(this.log, query),
      "GET /plans/plan-1/json-output": () => readFileSync(join(this.folder, "plan.json"), "utf8"),
      "POST /runs/run-1/actions/apply": () => {
        this.applied = true;
        return "";
      },
      "GET /applies/apply-1": () =>
        resource("apply-1", "applies", { status: "finished", "log-read-url": `${this.url}/apply-log` }),
      "GET /apply-log": (_, query) => part("\u0002Apply complete! Resources: 1 added.\n\u0003", query),
    };
  }

  private workspace(): Resource {
    return resource(
      "ws-1",
      "workspaces",
      {
        name: "shop",
        "execution-mode": this.execution,
        operations: this.execution === "remote",
        "terraform-version": "1.11.4",
        permissions: {
          "can-queue-run": true,
          "can-queue-apply": true,
          "can-update": true,
          "can-lock": true,
          "can-unlock": true,
        },
        "working-directory": "",
      },
      { organization: { data: { id: "acme", type: "organizations" } } },
    );
  }

  private save(body: Buffer): object {
    const { data } = JSON.parse(body.toString()) as {
      data: { attributes: { serial: number; lineage: string; state?: string } };
    };
    const { serial, lineage, state } = data.attributes;
    this.state = { serial, lineage, content: state ? Buffer.from(state, "base64").toString() : "" };
    return this.stateVersion();
  }

  private upload(body: Buffer): string {
    if (this.state) this.state = { ...this.state, content: body.toString() };
    return "";
  }

  private stateVersion(): object {
    return resource("sv-1", "state-versions", {
      serial: this.state?.serial ?? 0,
      status: "finalized",
      "hosted-state-download-url": `${this.url}/state`,
      "hosted-state-upload-url": `${this.url}/state`,
      "hosted-json-state-upload-url": `${this.url}/json-state`,
    });
  }

  private configuration(status: string): object {
    return resource("cv-1", "configuration-versions", { status, "upload-url": `${this.url}/configuration` });
  }

  private planned(): Resource {
    return resource("plan-1", "plans", {
      status: "finished",
      "has-changes": true,
      "log-read-url": `${this.url}/log`,
    });
  }

  private run(): object {
    const attributes = {
      status: this.applied ? "applied" : "planned_and_saved",
      "has-changes": true,
      "is-confirmable": !this.applied,
      "save-plan": true,
      actions: { "is-confirmable": true, "is-cancelable": true, "is-discardable": true },
      permissions: { "can-apply": true, "can-cancel": true, "can-discard": true },
    };
    const run = resource("run-1", "runs", attributes, {
      workspace: { data: { id: "ws-1", type: "workspaces" } },
      plan: { data: { id: "plan-1", type: "plans" } },
      apply: { data: { id: "apply-1", type: "applies" } },
      "configuration-version": { data: { id: "cv-1", type: "configuration-versions" } },
    });
    return { ...run, included: [this.planned().data, this.workspace().data] };
  }

  /** Plans what was uploaded, as a worker of HCP Terraform does. */
  private async plan(archive: Buffer): Promise<string> {
    const work = join(this.folder, "work");
    mkdirSync(work, { recursive: true });
    const tar = spawn("tar", ["xz"], { cwd: work });
    tar.stdin.end(archive);
    await new Promise((resolve) => tar.on("close", resolve));
    writeFileSync(join(work, "backend_override.tf.json"), '{"terraform":{"backend":{"local":{}}}}');
    rmSync(join(work, ".terraform"), { recursive: true, force: true });
    await exec("terraform", ["init", "-no-color"], { cwd: work });
    const { stdout } = await exec("terraform", ["plan", "-no-color", "-out=x"], { cwd: work });
    this.log = `\u0002${stdout}\u0003`;
    const shown = await exec("terraform", ["show", "-json", "x"], { cwd: work });
    writeFileSync(join(this.folder, "plan.json"), shown.stdout);
    return "";
  }
}

/** The part of a log that is asked for. */
function part(log: string, query: URLSearchParams): string {
  const offset = Number(query.get("offset"));
  return log.slice(offset, offset + Number(query.get("limit")));
}

/** A resource of JSON:API. */
interface Resource {
  readonly data: object;
}

function resource(id: string, type: string, attributes: object, relationships: object = {}): Resource {
  return { data: { id, type, attributes, relationships } };
}
