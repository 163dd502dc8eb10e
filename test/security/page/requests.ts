import { zip } from "../../../cli/artifact/lambda/zip";

/** One request that a page tries, in each of the ways of `attacks.js`. */
export interface Attack {
  readonly method: string;
  readonly path: string;

  /** Name that the service signs with. */
  readonly service: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const JSON_1_1 = { "content-type": "application/x-amz-json-1.1" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** Code that leaves a file: what runs as the user who started the emulator. */
export function leavesFile(file: string): Uint8Array {
  const code = `exports.handler = async () => { require("node:fs").writeFileSync(${JSON.stringify(file)}, "ran"); return "ran"; };`;
  return zip({ "index.js": Buffer.from(code) }).bytes;
}

/**
 * Harm of each family of paths: AWS's protocols, the emulators' own paths, the gateway's, an API by its path.
 *
 * @param api - id of an API.
 * @param file - what the code of a page would write.
 */
export function attacks(api: string, file: string): readonly Attack[] {
  const made = {
    FunctionName: "made-by-a-page",
    Runtime: "nodejs22.x",
    Role: "arn:aws:iam::123456789012:role/x",
    Handler: "index.handler",
    Code: { ZipFile: Buffer.from(leavesFile(file)).toString("base64") },
  };
  const lambda = { service: "lambda", headers: { "content-type": "application/json" } };
  const own = { service: "s3", method: "POST" };
  return [
    { service: "s3", method: "GET", path: "/" },
    { service: "s3", method: "GET", path: "/victim/secret.txt" },
    { service: "s3", method: "PUT", path: "/victim/planted.txt", body: "planted" },
    { ...lambda, method: "POST", path: "/2015-03-31/functions", body: JSON.stringify(made) },
    { ...lambda, method: "POST", path: "/2015-03-31/functions/victim/invocations", body: "{}" },
    {
      service: "ec2",
      method: "POST",
      path: "/",
      headers: FORM,
      body: "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.9.0.0/16",
    },
    { service: "ec2", method: "GET", path: "/?Action=CreateVpc&Version=2016-11-15&CidrBlock=10.8.0.0/16" },
    {
      service: "ssm",
      method: "POST",
      path: "/",
      headers: { ...JSON_1_1, "x-amz-target": "AmazonSSM.PutParameter" },
      body: '{"Name":"/planted","Value":"x","Type":"String"}',
    },
    { service: "eks", method: "GET", path: "/clusters" },
    { service: "execute-api", method: "GET", path: `/_aws/execute-api/${api}/$default/` },
    { service: "ecr", method: "GET", path: "/v2/_catalog" },
    { service: "lambda", method: "GET", path: "/_ministack/lambda-code/123456789012/us-east-1/victim" },
    { service: "s3", method: "GET", path: "/_groundplan/status" },
    { service: "s3", method: "DELETE", path: "/victim/secret.txt" },
    { ...own, path: "/_ministack/reset" },
    { ...own, path: "/moto-api/reset" },
    { ...own, path: "/_groundplan/reset" },
    { ...own, path: "/_groundplan/stop" },
  ];
}
