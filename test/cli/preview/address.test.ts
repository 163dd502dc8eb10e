import { addressOf } from "../../../cli/preview/address";

test("a name of this machine has the port of the local AWS", () => {
  const aws = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };
  expect(addressOf("https://shop.previews.localhost", aws)).toBe("https://shop.previews.localhost:4566");
  expect(addressOf("https://shop.previews.localhost:8443", aws)).toBe("https://shop.previews.localhost:8443");
  for (const endpoint of ["https://shop.previews.example.com", "https://localhost.example.com", "none"])
    expect(addressOf(endpoint, aws)).toBe(endpoint);
  expect(addressOf("https://shop.previews.localhost", {})).toBe("https://shop.previews.localhost");
});
