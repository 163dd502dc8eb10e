import { artifactPin } from "@groundplan/modules/artifact";
import { SynthError } from "@groundplan/modules/core";
import {
  ArtifactFunction,
  type ArtifactFunctionProps,
  HttpApi,
  type HttpApiProps,
} from "@groundplan/modules/serverless";
import type { Construct } from "constructs";
import { type Synthesized, synthesized } from "../network/synthesized";

/** The environment that it is made in. */
export const DEV = { platform: "groundplan", environment: "dev" };

export const FUNCTION: Omit<ArtifactFunctionProps, "artifact"> = {
  functionName: "groundplan-dev-api",
  description: "The API of dev",
  region: "us-east-1",
  account: "123456789012",
};

/** A function that has no faults, with some properties changed. */
export function makeFunction(
  scope: Construct,
  change: Partial<ArtifactFunctionProps> = {},
  id = "api",
): ArtifactFunction {
  const artifact = change.artifact ?? artifactPin(scope, DEV, id);
  return new ArtifactFunction(scope, id, { ...FUNCTION, artifact, ...change });
}

/** An API with one public route, with some properties changed. */
export function makeApi(scope: Construct, change: Partial<HttpApiProps> = {}, id = "http"): HttpApi {
  const routes = change.routes ?? [
    { route: "GET /health", function: makeFunction(scope), access: "public" as const },
  ];
  return new HttpApi(scope, id, {
    name: "groundplan-dev-api",
    description: "The API of dev",
    throttling: { ratePerSecond: 50, burst: 100 },
    ...change,
    routes,
  });
}

/** What a synth says; empty when it passes. */
export function faultsOf(make: (scope: Construct) => void): string {
  try {
    synthesized(make);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
}

/** The statements of a policy argument. */
export function statementsOf(stack: Synthesized, type: string): readonly Record<string, unknown>[] {
  return JSON.parse(String(stack.one(type).policy)).Statement;
}
