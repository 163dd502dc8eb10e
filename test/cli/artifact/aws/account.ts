import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Alarms, Functions } from "./functions";
import { type Answer, type Asked, failed } from "./http";
import { Objects } from "./objects";
import { Parameters } from "./parameters";

/** An account of AWS at an address. */
export interface Account {
  readonly url: string;
  close(): void;
}

/**
 * A small AWS over its real protocols: S3, SSM, Lambda and CloudWatch, as far as artifacts use them. The emulator
 * takes a hundredth of a second for a request and more; here, hundreds of sequences of commands take as long. That it
 * answers as the emulator does is seen where the same sequences run on both.
 */
export async function openAccount(): Promise<Account> {
  const objects = new Objects();
  const services: Readonly<Record<string, (asked: Asked) => Answer | Promise<Answer>>> = {
    s3: (asked) => objects.answer(asked),
    ssm: byTarget(new Parameters()),
    lambda: (
      (functions) => (asked: Asked) =>
        functions.answer(asked)
    )(new Functions(objects)),
    monitoring: byTarget(new Alarms()),
    sts: () => ({
      status: 200,
      headers: { "content-type": "text/xml" },
      body: CALLER,
    }),
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "GET", url = "/", headers } = request;
    // The scope of the signature names the service: <key>/<day>/<region>/<service>/aws4_request.
    const [, , , service = ""] = (/Credential=([^,]*)/.exec(String(headers.authorization))?.[1] ?? "").split(
      "/",
    );
    const asked = { method, url: new URL(url, "http://account"), headers, body: Buffer.concat(chunks) };
    const answer =
      (await services[service]?.(asked)) ?? failed("UnknownOperationException", `no ${service}`, 501);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  // Longer than a client keeps a connection: none is closed in the moment in which it is used again.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** A service whose operation stands in the header `x-amz-target`. */
function byTarget(service: { answer(operation: string, asked: Readonly<Record<string, unknown>>): Answer }) {
  return ({ headers, body }: Asked): Answer => {
    const [, operation = ""] = String(headers["x-amz-target"]).split(".");
    return service.answer(operation, JSON.parse(body.toString()) as Record<string, unknown>);
  };
}
