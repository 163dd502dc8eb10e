import { unreachable } from "../../../cli/aws/errors";
import { emulatedEndpoint } from "../emulated-endpoint";

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

emulatedEndpoint();

test("a host that is not known is named from the error, and is no matter of the local AWS", () => {
  const error = failure("ENOTFOUND", "getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com");

  expect(unreachable(error).message).toBe(
    "sts.eu-west-1.amazonaws.com cannot be reached: ENOTFOUND\n  check the network, the Region, and HTTPS_PROXY where there is a proxy",
  );
});

test("the local AWS that is not there: says how it is started", () => {
  const error = failure("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:4566");

  expect(unreachable(error).message).toMatch(
    /^http:\/\/127\.0\.0\.1:4566 cannot be reached: ECONNREFUSED\n.*npx groundplan local up/,
  );
});

test("an error that names no place is of the endpoint", () => {
  expect(unreachable(failure("ETIMEDOUT", "socket hang up")).message).toMatch(
    /^http:\/\/127\.0\.0\.1:4566 cannot/,
  );
});
