import { artifactPin } from "@groundplan/modules/artifact";
import { publish } from "@groundplan/modules/core";
import { ServiceDashboard } from "@groundplan/modules/observability";
import { ArtifactFunction, HttpApi, serviceContract } from "@groundplan/modules/serverless";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../overlays/environment";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** Name of the service, and of the folder of its source in `services/`. */
const SERVICE = "api";

/** Properties of {@link ApiStack}. */
export interface ApiStackProps extends EnvironmentStackProps {
  /** Environment whose artifacts are promoted into this one; none for the first. */
  readonly promotedFrom: Environment | undefined;
}

/** The service `api` of an environment: the function that runs its pinned artifact, behind an HTTP API. */
export class ApiStack extends EnvironmentStack {
  /** @throws SynthError when Lambda could not read the artifacts. */
  constructor(scope: Construct, props: ApiStackProps) {
    super(scope, SERVICE, props);
    const { platform, environment } = props;
    const { api: settings, name, account, region } = environment;
    this.requireArtifactRegion(props);
    const { errorPercent, latencyMs, alarmTopicArns: topicArns } = settings;
    const fullName = `${platform.name}-${name}-${SERVICE}`;
    const made = new ArtifactFunction(this, "function", {
      functionName: fullName,
      description: `Service ${SERVICE} of ${name}`,
      region,
      account,
      artifact: artifactPin(this, this.place, SERVICE, { promotedFrom: props.promotedFrom?.name }),
      memoryMb: settings.memoryMb,
      timeoutSeconds: settings.timeoutSeconds,
      reservedConcurrency: settings.reservedConcurrency,
      logRetentionDays: settings.logRetentionDays,
      // An API waits for the answer, and gets the failure: no event is left over.
      deadLetters: "none",
      alarms: { errorPercent, durationMs: latencyMs, topicArns },
    });
    // All else is the service's to answer too: HEAD, a method that it does not know (405), a path that is none (404).
    const routes = ["GET /health", "GET /version", "GET /ranges/{address}/{prefix}", "$default"];
    const api = new HttpApi(this, "http", {
      name: fullName,
      description: `Service ${SERVICE} of ${name}`,
      // It answers what anybody may know.
      routes: routes.map((route) => ({ route, function: made, access: "public" })),
      throttling: settings.throttling,
      alarms: { serverErrorPercent: errorPercent, latencyMs, topicArns },
      logRetentionDays: settings.logRetentionDays,
      ...(settings.corsOrigins.length === 0 ? {} : { cors: { origins: settings.corsOrigins } }),
      ...(settings.domain === undefined ? {} : { domain: settings.domain }),
    });
    new ServiceDashboard(this, "dashboard", { name: fullName, region, function: made, api });
    publish(this, this.place, serviceContract(SERVICE), {
      functionName: made.functionName,
      aliasArn: made.aliasArn,
      url: api.url,
      alarmNames: [...made.alarmNames, ...api.alarmNames],
      canaryPercent: settings.gradual.percent,
      canaryMinutes: settings.gradual.minutes,
    });
    new TerraformOutput(this, "invoke_url", { value: api.url, staticId: true });
    if (api.domainTarget) {
      new TerraformOutput(this, "domain_target", { value: api.domainTarget.domainName, staticId: true });
    }
  }
}
