import { SynthError } from "@groundplan/modules/core";
import { App, type TerraformStack, Testing } from "cdktf";
import { checkInput, type PreviewInput } from "../../previews/input";
import { completePreview } from "../../previews/output";
import { Preview } from "../../previews/preview";
import { findTemplate } from "../../previews/template";
import { Synthesized } from "../modules/network/synthesized";

/** A document that has no faults. */
export const DOCUMENT = {
  format: "groundplan-preview-input",
  version: 1,
  name: "preview-payment-api",
  template: "api-service",
  owner: "ada@example.com",
  repository: "acme/shop",
  branch: "feature/payment-api",
  commit: "0123456789abcdef0123456789abcdef01234567",
  image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/previews:preview-payment-api-0123456",
  ttl: "7d",
  createdAt: "2026-11-30T16:00:00Z",
  expiresAt: "2026-12-07T16:00:00Z",
  network: "shared",
  database: "none",
  config: {
    container_port: 3000,
    cpu: 256,
    memory: 512,
    log_retention_days: 3,
    environment: { LOG_LEVEL: "debug" },
    secrets: { API_KEY: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf:KEY::" },
  },
  platform: {
    name: "groundplan",
    environment: "dev",
    account: "123456789012",
    region: "us-east-1",
    domain: "previews.example.com",
    zoneId: "Z123ABC",
  },
} as const satisfies PreviewInput;

/** A document with some parts changed; `config` and `platform` are merged. */
export function documentWith(change: Readonly<Record<string, unknown>> = {}): unknown {
  const { config, platform, ...rest } = change as { config?: object; platform?: object };
  return {
    ...DOCUMENT,
    ...rest,
    config: { ...DOCUMENT.config, ...config },
    platform: { ...DOCUMENT.platform, ...platform },
  };
}

/** The synthesized stack of a document, and its JSON. */
export function previewOf(change: Readonly<Record<string, unknown>> = {}): {
  readonly stack: Synthesized;
  readonly json: {
    readonly terraform: Readonly<Record<string, unknown>>;
    readonly output: Readonly<Record<string, { readonly value: unknown }>>;
  };
  readonly text: string;
} {
  const input = checkInput(documentWith(change));
  const app = new App({ outdir: Testing.app().outdir });
  const preview = new Preview(app, input);
  completePreview(preview, findTemplate(input.template).make(preview));
  const text = Testing.synth(preview as TerraformStack);
  return { stack: new Synthesized(preview), json: JSON.parse(text), text };
}

/** What a synth says; empty when it passes. */
export function faultsOf(change: Readonly<Record<string, unknown>>): string {
  try {
    previewOf(change);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
}
