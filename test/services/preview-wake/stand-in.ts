import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { StandInServer } from "../stand-in-server";

/**
 * Stands in for S3, ECS, RDS and the load balancer of one preview, in their own protocols. Tasks run after `looks` looks
 * at them, as a database is available.
 */
export class StandIn extends StandInServer {
  readonly objects = new Map<string, string>();

  /** What was asked that changes something, in its order. */
  readonly changes: string[] = [];

  /** All that was asked. */
  readonly asked: string[] = [];
  database: "stopped" | "starting" | "available" | undefined;
  desired = 0;

  /** Targets of the service's autoscaling: none, or one, which rests or goes on. */
  scaling: "none" | "suspended" | "active" = "none";
  health: "initial" | "healthy" = "initial";

  /** The next write of an object meets another's, which this makes. */
  meanwhile: (() => void) | undefined;
  private looks = 0;

  static start(): Promise<StandIn> {
    return new StandIn().listen();
  }

  protected answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const target = String(request.headers["x-amz-target"] ?? "");
    if (request.url?.startsWith("/groundplan-state/")) this.store(request, response, body);
    else if (target.startsWith("AmazonEC2ContainerService"))
      this.ecs(response, target.split(".")[1] ?? "", body);
    else if (target.startsWith("AnyScaleFrontendService"))
      this.autoscaling(response, target.split(".")[1] ?? "", body);
    else this.query(response, new URLSearchParams(body));
  }

  private store(
    { method, url = "", headers }: IncomingMessage,
    response: ServerResponse,
    body: string,
  ): void {
    const key = url.replace("/groundplan-state/", "").replace(/\?.*$/, "");
    this.asked.push(`${method} ${key}`);
    const fault = (status: number, code: string) =>
      response
        .writeHead(status, { "content-type": "application/xml" })
        .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`);
    if (method === "PUT") {
      this.meanwhile?.();
      this.meanwhile = undefined;
      const present = this.objects.get(key);
      if (present === undefined) return void fault(404, "NoSuchKey");
      if (headers["if-match"] !== etagOf(present)) return void fault(412, "PreconditionFailed");
      this.changes.push(`put ${key}`);
      this.objects.set(key, body);
      return void response.writeHead(200, { etag: etagOf(body) }).end();
    }
    const object = this.objects.get(key);
    if (object === undefined) return void fault(404, "NoSuchKey");
    response.writeHead(200, { etag: etagOf(object) }).end(object);
  }

  private ecs(response: ServerResponse, action: string, body: string): void {
    this.asked.push(action);
    const { service, services, desiredCount } = JSON.parse(body);
    if (action === "UpdateService") {
      this.desired = desiredCount;
      this.changes.push(`${action} ${service} ${desiredCount}`);
    } else this.looks += this.desired > 0 ? 1 : 0;
    const found = {
      serviceName: service ?? services[0],
      status: "ACTIVE",
      desiredCount: this.desired,
      runningCount: this.looks > 1 ? this.desired : 0,
    };
    response
      .writeHead(200, { "content-type": "application/x-amz-json-1.1" })
      .end(
        JSON.stringify(action === "UpdateService" ? { service: found } : { services: [found], failures: [] }),
      );
  }

  private autoscaling(response: ServerResponse, action: string, body: string): void {
    this.asked.push(action);
    const { ResourceId, ResourceIds, SuspendedState = {} } = JSON.parse(body);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    if (action === "RegisterScalableTarget") {
      this.scaling = Object.values(SuspendedState).includes(true) ? "suspended" : "active";
      this.changes.push(`${action} ${ResourceId} ${this.scaling}`);
      response.end("{}");
      return;
    }
    const target = { ResourceId: ResourceIds[0], ScalableDimension: "ecs:service:DesiredCount" };
    response.end(JSON.stringify({ ScalableTargets: this.scaling === "none" ? [] : [target] }));
  }

  private query(response: ServerResponse, asked: URLSearchParams): void {
    const action = asked.get("Action") ?? "";
    this.asked.push(action);
    response.setHeader("content-type", "text/xml");
    const result = (content: string) =>
      response.end(`<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`);
    if (action === "DescribeDBInstances") {
      result(
        `<DBInstances><DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier><DBInstanceStatus>${this.database}</DBInstanceStatus></DBInstance></DBInstances>`,
      );
      if (this.database === "starting") this.database = "available";
    } else if (action === "StartDBInstance") {
      this.changes.push(`${action} ${asked.get("DBInstanceIdentifier")}`);
      this.database = "starting";
      result("<DBInstance><DBInstanceStatus>starting</DBInstanceStatus></DBInstance>");
    } else if (action === "DescribeTargetHealth") {
      result(
        `<TargetHealthDescriptions><member><TargetHealth><State>${this.health}</State></TargetHealth></member></TargetHealthDescriptions>`,
      );
    } else if (action === "ModifyRule") {
      const weight = (at: number) => {
        const of = `Actions.member.1.ForwardConfig.TargetGroups.member.${at}`;
        return `${asked.get(`${of}.TargetGroupArn`)}=${asked.get(`${of}.Weight`)}`;
      };
      this.changes.push(`${action} ${asked.get("RuleArn")} ${weight(1)} ${weight(2)}`);
      result("<Rules></Rules>");
    } else response.writeHead(400).end(`<ErrorResponse><Error><Code>Unknown</Code></Error></ErrorResponse>`);
  }
}

function etagOf(content: string): string {
  return `"${createHash("md5").update(content).digest("hex")}"`;
}
