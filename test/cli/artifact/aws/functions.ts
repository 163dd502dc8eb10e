import { createHash } from "node:crypto";
import { type Answer, type Asked, failed, json } from "./http";
import type { Objects } from "./objects";

interface Made {
  readonly versions: string[];
  latest: string;
  alias: object | undefined;
}

/**
 * Lambda functions: the code of each version, and an alias. Nothing is run.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
export class Functions {
  private readonly made = new Map<string, Made>();

  constructor(private readonly objects: Objects) {}

  answer({ method, url, body }: Asked): Answer {
    const asked = JSON.parse(body.toString() || "{}") as Record<string, unknown>;
    const [, , , name = String(asked.FunctionName), part] = url.pathname.split("/");
    if (method === "POST" && part === undefined)
      this.made.set(name, { versions: [], latest: "", alias: undefined });
    const one = this.made.get(name);
    if (!one) return failed("ResourceNotFoundException", `no function ${name}`, 404);
    if (part === "aliases") return this.alias(one, method, asked);
    if (part === "configuration") {
      const version = url.searchParams.get("Qualifier") ?? "$LATEST";
      const code = version === "$LATEST" ? one.latest : one.versions[Number(version) - 1];
      if (code === undefined) return failed("ResourceNotFoundException", `no version ${version}`, 404);
      return json({ FunctionName: name, Version: version, CodeSha256: code });
    }
    return this.update(one, part === undefined ? (asked.Code as Record<string, unknown>) : asked);
  }

  private update(one: Made, { S3Bucket, S3Key, S3ObjectVersion }: Readonly<Record<string, unknown>>): Answer {
    const code = this.objects.at(`/${S3Bucket}/${S3Key}`, String(S3ObjectVersion));
    if (!code) return failed("InvalidParameterValueException", "S3 Error Code: NoSuchVersion");
    const sha256 = createHash("sha256").update(code).digest("base64");
    // Lambda publishes no version that is the same as the last one.
    if (one.latest !== sha256) one.versions.push(sha256);
    one.latest = sha256;
    return json({ CodeSha256: sha256, Version: String(one.versions.length) });
  }

  private alias(one: Made, method: string, asked: Readonly<Record<string, unknown>>): Answer {
    if (method !== "GET") one.alias = { ...one.alias, ...asked };
    return one.alias ? json(one.alias) : failed("ResourceNotFoundException", "no alias", 404);
  }
}

/** CloudWatch's alarms, which are on when they are set so. */
export class Alarms {
  private readonly states = new Map<string, Readonly<Record<string, unknown>>>();

  answer(operation: string, asked: Readonly<Record<string, unknown>>): Answer {
    if (operation === "DescribeAlarms") {
      const names = asked.AlarmNames as readonly string[];
      return json({ MetricAlarms: names.flatMap((name) => this.states.get(name) ?? []) });
    }
    this.states.set(String(asked.AlarmName), { StateValue: "OK", ...asked });
    return json({});
  }
}
