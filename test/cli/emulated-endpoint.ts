/** Has the tests of a file run as where the emulator runs: it is not what cannot be reached. */
export function emulatedEndpoint(): void {
  let endpoint: string | undefined;
  beforeEach(() => {
    endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:4566";
  });
  afterEach(() => {
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
  });
}
